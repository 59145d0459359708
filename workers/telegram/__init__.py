"""The only speaker of Telegram: transport, classification of errors, shared rate, the sandbox."""
