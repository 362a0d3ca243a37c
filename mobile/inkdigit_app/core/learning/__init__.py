"""What is learnt of a hand: whose it is, which lessons a page gives, and how it is taught."""
