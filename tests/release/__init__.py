"""What is released: wheel, sdist, SBOM, locks, and the promises about them."""
