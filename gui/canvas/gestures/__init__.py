"""Every mouse gesture, an object each: begun, dragged, finished or cancelled."""
