"""What a plan means for people and for other resources: opening hours, customers, referrers."""
