"""The mailbox at CMS that takes contractor alerts: a real mail server on this machine that can be told to misbehave."""
