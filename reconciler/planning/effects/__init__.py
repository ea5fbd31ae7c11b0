"""What a plan means for people and other resources: opening hours, customers, referrers."""
