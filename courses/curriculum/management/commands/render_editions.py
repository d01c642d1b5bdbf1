from django.core.management.base import BaseCommand

from courses.curriculum.actions import render_bodies


class Command(BaseCommand):
    help = "Renders the pages of all editions anew where the renderer has a newer version. What they say never changes."

    def handle(self, *args, **options):
        self.stdout.write(f"Rendered {render_bodies()} pages anew.")
