"""Furniture that every room with a chat shares: tickets, signed addresses, lines, the chat's form.

It knows neither an AutoWebinar nor a broadcast: a room says where its addresses are, which channel
a viewer is in and at which second, and draws the rest of its page by itself.
"""
