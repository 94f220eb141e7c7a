# The statement of the IoT Security Policy Platform names nine common principles
# and no tests. Which checks stand for a principle is our reading; a "met" says that
# they gave no indication to the contrary, not that the principle is exhausted.
scheme "platform-statement" {
  title   = "IoT Security Policy Platform, statement of nine common principles"
  edition = "2019-11-14"
  source  = "Statement of the IoT Security Policy Platform, 14 November 2019"
  from    = "2019-11-14"
  note    = "The statement sets no tests. The checks are Assay's reading of its principles."

  # The statement names risk assessment, testing and evaluation. That documents
  # exist is all that a tool can tell; what was shipped shows the rest.
  requirement "lifecycle" {
    principle = "lifecycle"
    title     = "Security is part of design, development and the whole life, with risk assessment, testing and evaluation"
    status    = "M"
    required = [
      "lifecycle/risk-assessment",
      "lifecycle/security-testing",
      "lifecycle/component-inventory",
      "lifecycle/debug-interface",
      "lifecycle/writable-path",
    ]
    advisory = [
      "lifecycle/binary-hardening",
      "lifecycle/kernel-hardening",
      "lifecycle/debug-leftover",
      "lifecycle/privileges",
      "lifecycle/stale-build",
      "lifecycle/repository",
      "lifecycle/known-vulnerability",
    ]
    declared = ["risk_assessment"]
    proof    = "documented"

    same_as "etsi-en-303-645:5.6-9" {
      relation  = "superset"
      rationale = "A secure development process is one part of security in design, development and life-cycle"
      source    = "Platform statement, first principle; EN 303 645 V3.1.3 clause 5.6"
    }
  }

  requirement "personaldata" {
    principle = "personaldata"
    title     = "Personal and critical data is protected"
    status    = "M"
    required  = ["personaldata/sensors", "personaldata/recipients"]
    advisory  = ["personaldata/at-rest", "personaldata/notice", "personaldata/residue", "personaldata/telemetry"]
    declared  = ["data"]
    proof     = "observed"

    same_as "etsi-en-303-645:5.8-2" {
      relation  = "superset"
      rationale = "Encrypting sensitive personal data on the way to services is one part of protecting personal data"
      source    = "Platform statement, second principle; EN 303 645 V3.1.3 clause 5.8"
    }
  }

  # Asked of every product: what a user enters (networks, accounts, schedules) is
  # there to be erased even where nothing else is personal. Whether a reset erases
  # all of it needs a person with a device.
  requirement "deletion" {
    principle = "deletion"
    title     = "Users can easily delete personal data"
    status    = "M"
    required  = ["deletion/factory-reset", "deletion/instructions"]
    advisory  = ["deletion/confirmation", "deletion/reset-coverage"]
    declared  = ["deletion.device|deletion.app"]
    proof     = "declared"

    same_as "etsi-en-303-645:5.11-1" {
      relation  = "intersects"
      rationale = "Both ask for simple erasure; the provision covers all user data but only on the device, the principle personal data wherever it lies"
      source    = "Platform statement, third principle; EN 303 645 V3.1.3 clause 5.11"
    }
    same_as "etsi-en-303-645:5.11-2" {
      relation  = "superset"
      rationale = "Removing personal data from associated services is one part of deleting it easily"
      source    = "Platform statement, third principle; EN 303 645 V3.1.3 clause 5.11"
    }
  }

  requirement "disclosure" {
    principle = "disclosure"
    title     = "There is a vulnerability disclosure policy"
    status    = "M"
    required  = ["disclosure/policy"]
    advisory  = ["disclosure/repository", "disclosure/security-txt", "disclosure/csaf-provider"]
    declared  = ["vulnerability_disclosure.policy", "vulnerability_disclosure.contacts"]
    proof     = "declared"

    same_as "etsi-en-303-645:5.2-1" {
      relation  = "superset"
      rationale = "The principle asks that a policy is implemented; the provision says what the published policy must hold"
      source    = "Platform statement, first of the means; EN 303 645 V3.1.3 clause 5.2"
    }
    same_as "uk-psti:2" {
      relation  = "superset"
      rationale = "The regulation asks for the parts of a policy that tell how to report and when the reporter hears back"
      source    = "Platform statement, first of the means; SI 2023/1007 Schedule 1 paragraph 2"
    }
  }

  requirement "support" {
    principle = "support"
    title     = "Consumers are told for how long at least security updates come"
    status    = "M"
    required  = ["support/end-date"]
    advisory = [
      "support/expiry",
      "support/component-end-of-life",
      "support/published",
      "support/not-shortened",
    ]
    declared = ["support.until"]
    proof    = "declared"

    same_as "etsi-en-303-645:5.3-13" {
      relation  = "equal"
      rationale = "Both ask that the consumer is told clearly how long updates come"
      source    = "Platform statement, second of the means; EN 303 645 V3.1.3 clause 5.3"
    }
    same_as "uk-psti:3" {
      relation  = "intersects"
      rationale = "The regulation asks for an end date and forbids to shorten it later, which the principle does not"
      source    = "Platform statement, second of the means; SI 2023/1007 Schedule 1 paragraph 3"
    }
  }

  requirement "updates" {
    principle = "updates"
    title     = "Software can be updated securely"
    status    = "M"
    required  = ["updates/mechanism", "updates/device-verifies", "updates/update-script", "updates/transport"]
    declared  = ["update"]
    proof     = "observed"

    same_as "etsi-en-303-645:5.3-2" {
      relation  = "equal"
      rationale = "Both ask for a mechanism that installs updates securely"
      source    = "Platform statement, third of the means; EN 303 645 V3.1.3 clause 5.3"
    }
    same_as "etsi-en-303-645:5.3-7" {
      relation  = "superset"
      rationale = "Best-practice cryptography is one part of a secure update mechanism"
      source    = "Platform statement, third of the means; EN 303 645 V3.1.3 clause 5.3"
    }
  }

  # That a password is unique cannot be seen in one image; that it is not, can.
  requirement "credentials" {
    principle = "credentials"
    title     = "Devices have unique passwords or credentials"
    status    = "M"
    required = [
      "credentials/empty-password",
      "credentials/static-password",
      "credentials/default-password",
      "credentials/derived-password",
      "credentials/undeclared-login",
      "credentials/plaintext",
      "credentials/wifi-key",
      "credentials/authorized-key",
    ]
    advisory = ["credentials/weak-hash", "credentials/extra-root", "credentials/brute-force"]
    declared = ["credential.initial"]
    proof    = "observed"

    same_as "etsi-en-303-645:5.1-1" {
      relation  = "intersects"
      rationale = "The provision also accepts passwords that the user sets, and speaks of passwords only"
      source    = "Platform statement, fourth of the means; EN 303 645 V3.1.3 clause 5.1"
    }
    same_as "uk-psti:1" {
      relation  = "intersects"
      rationale = "The regulation also accepts passwords that the user sets, and leaves out keys and other credentials"
      source    = "Platform statement, fourth of the means; SI 2023/1007 Schedule 1 paragraph 1"
    }
  }

  requirement "communication" {
    principle = "communication"
    title     = "Security-sensitive data is protected on its way"
    status    = "M"
    required = [
      "communication/cleartext-service",
      "communication/open-shell",
      "communication/web-without-tls",
      "communication/ssh-configuration",
      "communication/undeclared-service",
      "communication/tls-verification",
      "communication/certificate",
    ]
    advisory = ["communication/tls-settings", "communication/cleartext-endpoint"]
    declared = ["interface|connection"]
    proof    = "observed"

    same_as "etsi-en-303-645:5.5-1" {
      relation  = "intersects"
      rationale = "Both ask for protected communication; the provision asks how good the cryptography is, the principle which data needs it"
      source    = "Platform statement, fifth of the means; EN 303 645 V3.1.3 clause 5.5"
    }
    same_as "etsi-en-303-645:5.5-7" {
      relation  = "superset"
      rationale = "Confidentiality of critical parameters on remotely reachable interfaces is one part of protecting sensitive data on its way"
      source    = "Platform statement, fifth of the means; EN 303 645 V3.1.3 clause 5.5"
    }
  }

  requirement "storage" {
    principle = "storage"
    title     = "Credentials and security-sensitive data are stored securely"
    status    = "M"
    required = [
      "storage/private-key",
      "storage/key-of-certificate",
      "storage/device-identity",
      "storage/file-mode",
      "storage/api-token",
    ]
    advisory = ["storage/weak-key"]
    declared = ["storage.protection"]
    proof    = "observed"

    same_as "etsi-en-303-645:5.4-1" {
      relation  = "superset"
      rationale = "The provision speaks of sensitive security parameters, the principle of credentials and all security-sensitive data"
      source    = "Platform statement, sixth of the means; EN 303 645 V3.1.3 clause 5.4"
    }
  }
}
