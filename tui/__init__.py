"""What a person sees and presses.  This room holds no rule: every change is one call into store."""
