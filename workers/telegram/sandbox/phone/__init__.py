"""The demo phone: pages on which a person plays everybody on the other side of the bot."""
