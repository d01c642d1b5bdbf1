from courses.curriculum.models.activity import Activity, Program
from courses.curriculum.models.edition import Asset, Body, Edition, EditionItem, Erratum

__all__ = ["Activity", "Asset", "Body", "Edition", "EditionItem", "Erratum", "Program"]
