"""Who may sign a finding off or override it (DESIGN 6)."""

from clinic.rules.findings import Finding
from clinic.rules.gates import Authority, Step
from clinic.rules.screening import gate
from clinic.staff.models import User
from clinic.staff.roles import Capability

CAPABILITIES = {
    Authority.PRESCRIBER: Capability.PRESCRIBER,
    Authority.MEDICAL_LEAD: Capability.MEDICAL_LEAD,
}


def authorities_of(user: User) -> frozenset[Authority]:
    """In what capacities the person may act."""
    if not (user.is_active and user.is_practitioner):
        return frozenset()
    return frozenset(
        a for a, capability in CAPABILITIES.items() if user.can(capability)
    )


def who_may_pass(finding: Finding) -> frozenset[Authority]:
    """Who may sign a finding off or override it at the chair (DESIGN 6)."""
    ruling = gate(findings=[finding], step=Step.START, scope=finding.scope).rulings[0]
    return ruling.may_pass


def may_pass(user: User, finding: Finding) -> bool:
    """Whether this person may."""
    return bool(who_may_pass(finding) & authorities_of(user))
