AUDIT_ACTIONS = {
    "standing.waiver.granted": "Waived a requirement",
    "standing.waiver.ended": "Ended a waiver",
    "standing.hold.placed": "Placed a hold on an award",
    "standing.hold.lifted": "Lifted a hold on an award",
}
