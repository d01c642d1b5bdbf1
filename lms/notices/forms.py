from django import forms


class MailboxFilterForm(forms.Form):
    to = forms.EmailField(label="Mails to this address", required=False, max_length=254)
