"""What goes over the line: only the cells that changed.

The screen library repaints whole regions: kilobytes for one step of a cursor, which is sticky over SSH.  `Memory` keeps
what each cell of the terminal shows and turns a repaint into the few cells that differ; `driver` puts it in place.
"""
