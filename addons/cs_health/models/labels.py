"""Choices that several models share; the keys are those of the engine."""

DIMENSIONS = [
    ("adoption", "Adoption"),
    ("support", "Support load"),
    ("infrastructure", "Infrastructure stability"),
    ("expansion", "Expansion potential"),
]
DIRECTIONS = [
    ("higher", "Higher is better"),
    ("lower", "Lower is better"),
    ("target", "Best in between"),
]
JUDGED = [("red", "At risk"), ("amber", "Watch"), ("green", "Healthy")]
BANDS = [*JUDGED, ("insufficient", "Insufficient data")]
STAGES = [
    ("implementation", "Implementation"),
    ("adoption", "Adoption"),
    ("optimisation", "Optimisation"),
    ("expansion", "Expansion"),
    ("renewal", "Renewal"),
]
