"""What all views share: colours, tables, symbols, values, escaping, JSON bytes."""
