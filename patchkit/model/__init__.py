"""Ground floor: patches, series, trees and reports as pure values."""
