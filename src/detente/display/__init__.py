"""Tables, charts and prose from frames and arrays; nothing here knows a case or a result."""
