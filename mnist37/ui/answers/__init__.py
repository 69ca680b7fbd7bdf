"""What runs say of drawings and of the validation digits."""
