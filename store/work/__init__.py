"""Work: one queue engine, one way to change a record, one state-machine helper, under every stage."""
