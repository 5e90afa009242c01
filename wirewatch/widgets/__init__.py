"""What the screens are made of. Widgets know stories, not databases."""
