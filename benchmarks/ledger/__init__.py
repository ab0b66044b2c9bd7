"""What a voucher costs, and whether the pages of the books stay flat as a city books on."""
