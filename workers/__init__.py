"""The processes that work behind the site: relay, senders, ticker, and the speaker of Telegram."""
