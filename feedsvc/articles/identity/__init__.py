"""Which record of the ledger continues in each article: its id, its address and its dates."""
