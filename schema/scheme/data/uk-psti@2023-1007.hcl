# Schedule 1 has three requirements. "from" is the day on which the duties began;
# the amendments change which products are covered and what is deemed to comply.
# Deemed compliance by another label (since 4 December 2025) is not encoded: it
# rests on that label, not on this product file.
scheme "uk-psti" {
  title   = "UK PSTI (Security Requirements) Regulations 2023, Schedule 1"
  edition = "SI 2023/1007 as amended by SI 2025/211 and SI 2025/1267"
  source  = "https://www.legislation.gov.uk/uksi/2023/1007"
  from    = "2024-04-29"
  note    = "A statement of compliance (Schedule 4) is the manufacturer's own document and no part of this."

  # Keys, API keys and pairing codes outside the internet protocol are no passwords
  # here.
  requirement "1" {
    principle = "credentials"
    title     = "Passwords are unique per product or set by the user, and not to be guessed"
    status    = "M"
    when      = has("credential")
    required = [
      "credentials/empty-password",
      "credentials/static-password",
      "credentials/default-password",
      "credentials/derived-password",
      "credentials/undeclared-login",
    ]
    advisory = ["credentials/plaintext", "credentials/wifi-key"]
    declared = ["credential.initial"]
    proof    = "observed"

    same_as "etsi-en-303-645:5.1-1" {
      relation  = "intersects"
      rationale = "The regulation also names passwords derived from identifiers, which is 5.1-2"
      source    = "SI 2023/1007 Schedule 1 paragraph 1; EN 303 645 V2.1.1 clause 5.1, provision of the same number in V3.1.3"
    }
    same_as "etsi-en-303-645:5.1-2" {
      relation  = "intersects"
      rationale = "Both exclude unique passwords that follow from counters, public information or identifiers; the provision asks it of pre-set passwords only"
      source    = "SI 2023/1007 Schedule 1 paragraph 1; EN 303 645 V2.1.1 clause 5.1, provision of the same number in V3.1.3"
    }
  }

  requirement "2" {
    principle = "disclosure"
    title     = "It is published how to report security issues, and when the reporter hears back"
    status    = "M"
    required  = ["disclosure/policy"]
    declared = [
      "vulnerability_disclosure.policy",
      "vulnerability_disclosure.contacts",
      "vulnerability_disclosure.acknowledge",
      "vulnerability_disclosure.status_every",
    ]
    proof = "declared"

    same_as "etsi-en-303-645:5.2-1" {
      relation  = "intersects"
      rationale = "Both ask for a contact and the two times; the regulation adds English, free of charge and without personal data of the reporter, the provision asks for a policy"
      source    = "SI 2023/1007 Schedule 1 paragraph 2; EN 303 645 V2.1.1 clause 5.2, provision of the same number in V3.1.3"
    }
  }

  # The regulation sets no least length.
  requirement "3" {
    principle = "support"
    title     = "The defined support period is published with its end date, and never shortened"
    status    = "M"
    required  = ["support/end-date"]
    advisory  = ["support/expiry"]
    declared  = ["support.until"]
    proof     = "declared"
    note      = "That the date was not shortened shows only against an earlier label."

    same_as "etsi-en-303-645:5.3-13" {
      relation  = "intersects"
      rationale = "Both ask that the support period is published; the regulation asks for an end date and forbids to shorten it"
      source    = "SI 2023/1007 Schedule 1 paragraph 3; EN 303 645 V2.1.1 clause 5.3, provision of the same number in V3.1.3"
    }
  }
}
