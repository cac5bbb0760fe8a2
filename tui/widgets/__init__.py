"""The parts that screens are made of.  Text from outside reaches all of them through `plain` only."""
