# All 78 provisions of ETSI EN 303 645 V3.1.3, in our own words: 36 mandatory, 42
# recommended. Status letters are those of the standard's Table B.1.
#
# "when" is the printed condition as far as the product file can speak of it. Where
# it cannot, the rule is left out or made broader, never narrower: then the
# provision is taken to apply until an assessor says that its condition does not
# hold. For 5.3-4B, 5.3-6A, 5.3-6B, 5.3-15A, 5.3-15B and 5.6-4B two transcriptions
# of the table disagree on the letter. The status has the letter of the one that
# has all of Table B.1, until somebody has compared it with the printed edition;
# the rule is one that holds whichever letter is right, as is said beside each.
#
# assessor = true: only a person can find it met. Checks named beside it can find
# that it is not met.
scheme "etsi-en-303-645" {
  title   = "ETSI EN 303 645, Cyber Security for Consumer Internet of Things: Baseline Requirements"
  edition = "V3.1.3"
  source  = "https://www.etsi.org/deliver/etsi_en/303600_303699/303645/03.01.03_60/en_303645v030103p.pdf"
  from    = "2024-09"
  note    = "Most provisions are for people to decide. Without records of an assessor the answer is inconclusive."

  # --- 5.0 Reporting
  requirement "5.0-1" {
    principle     = "lifecycle"
    title         = "For each recommendation that is not applicable or not met, the reason is recorded"
    status        = "M"
    unmet_reasons = true
  }

  # --- 5.1 Passwords
  requirement "5.1-1" {
    principle = "credentials"
    title     = "After first set-up no password is shared: each is unique to its device, or chosen by the user"
    status    = "M F (a)"
    when      = any(has("credential.kind=password"), has("credential.kind=code"), has("credential.kind=psk"))
    required = [
      "credentials/empty-password",
      "credentials/static-password",
      "credentials/default-password",
      "credentials/undeclared-login",
      "credentials/plaintext",
      "credentials/wifi-key",
      "credentials/authorized-key",
    ]
    declared = ["credential.initial"]
    proof    = "observed"
  }

  requirement "5.1-2" {
    principle = "credentials"
    title     = "Passwords that are set per device in advance come from a generator that does not help attacks on many devices at once"
    status    = "M F (b)"
    when      = has("credential.initial=unique-per-device")
    required  = ["credentials/derived-password"]
    assessor  = true
  }

  requirement "5.1-2A" {
    principle = "credentials"
    title     = "Machines do not authenticate to each other by password"
    status    = "R"
    assessor  = true
  }

  requirement "5.1-3" {
    principle = "credentials"
    title     = "Users and machines are authenticated by cryptography that is best practice for the purpose"
    status    = "M F (c)"
    when      = has("credential")
    required  = ["credentials/weak-hash"]
    assessor  = true
  }

  requirement "5.1-4" {
    principle = "credentials"
    title     = "A user or administrator can change the authentication value in a simple way"
    status    = "M F (d)"
    when      = any(has("interface.service.login"), has("credential.kind=password"), has("credential.kind=code"))
    assessor  = true
  }

  # Broader than (e), authentication over the network: any credential counts. A resource
  # constraint (14) cannot be declared; an assessor may say that there is one.
  requirement "5.1-5" {
    principle = "credentials"
    title     = "Guessing by brute force over the network is made impracticable"
    status    = "M C F (14, e)"
    when      = any(has("credential"), has("interface.service.login"))
    advisory  = ["credentials/brute-force"]
    assessor  = true
  }

  # --- 5.2 Reports of vulnerabilities
  requirement "5.2-1" {
    principle = "disclosure"
    title     = "A public policy tells where to report vulnerabilities, when a report is acknowledged, and when news of its progress comes"
    status    = "M"
    required  = ["disclosure/policy"]
    advisory  = ["disclosure/repository", "disclosure/security-txt"]
    declared = [
      "vulnerability_disclosure.policy",
      "vulnerability_disclosure.contacts",
      "vulnerability_disclosure.acknowledge",
      "vulnerability_disclosure.status_every",
    ]
    proof = "observed"
    note  = "The policy must be public: that the maker declares it is not enough."
  }

  requirement "5.2-2" {
    principle = "disclosure"
    title     = "Reported vulnerabilities are acted on in time"
    status    = "R"
    advisory  = ["disclosure/csaf-provider"]
    assessor  = true
  }

  requirement "5.2-3" {
    principle = "disclosure"
    title     = "During the support period the maker looks for vulnerabilities and repairs them"
    status    = "R"
    advisory  = ["lifecycle/component-inventory", "lifecycle/known-vulnerability"]
    assessor  = true
  }

  # --- 5.3 Updates
  # Feature (f) cannot be declared.
  requirement "5.3-1" {
    principle = "updates"
    title     = "All software that is not immutable for security reasons can be updated securely"
    status    = "R F (f)"
    assessor  = true
  }

  # A resource constraint (15) cannot be declared; an assessor may say that there is
  # one.
  requirement "5.3-2" {
    principle = "updates"
    title     = "A mechanism installs updates securely"
    status    = "M C (15)"
    required  = ["updates/mechanism", "updates/device-verifies"]
    advisory  = ["updates/rollback"]
    declared  = ["update"]
    proof     = "observed"
  }

  requirement "5.3-3" {
    principle = "updates"
    title     = "Applying an update is simple for the user"
    status    = "M F (g)"
    when      = has("update.mechanism")
    assessor  = true
  }

  requirement "5.3-4A" {
    principle = "updates"
    title     = "There is a mechanism that updates automatically"
    status    = "R F (g)"
    when      = has("update.mechanism")
    declared  = ["update.automatic=true"]
    proof     = "declared"
  }

  # The transcriptions disagree on the letter. All that it can stand for, updates or
  # automatic ones, needs a mechanism, so without one it does not hold.
  requirement "5.3-4B" {
    principle = "updates"
    title     = "Automatic updates are switched on, with consent at set-up"
    status    = "R F (h)"
    when      = has("update.mechanism")
    assessor  = true
  }

  requirement "5.3-5" {
    principle = "updates"
    title     = "The device looks for security updates after set-up, and regularly from then on"
    status    = "R F (g)"
    when      = has("update.mechanism")
    declared  = ["update.check_every"]
    proof     = "declared"
  }

  # The letter is disputed as that of 5.3-4B, and the rule the same.
  requirement "5.3-6A" {
    principle = "updates"
    title     = "The user can enable, disable or postpone automatic updates"
    status    = "R F (h)"
    when      = has("update.mechanism")
    assessor  = true
  }

  # The letter is disputed. Notices of updates too need a mechanism for updates.
  requirement "5.3-6B" {
    principle = "updates"
    title     = "The user can enable, disable or postpone notices of updates"
    status    = "R F (i)"
    when      = has("update.mechanism")
    assessor  = true
  }

  requirement "5.3-7" {
    principle = "updates"
    title     = "The security of updates rests on best-practice cryptography"
    status    = "M F (g)"
    when      = has("update.mechanism")
    required  = ["updates/device-verifies", "updates/transport"]
    advisory  = ["updates/image-signature", "updates/signature-strength"]
    assessor  = true
  }

  requirement "5.3-8" {
    principle = "updates"
    title     = "Security updates come in time"
    status    = "M C (12)"
    when      = has("update.mechanism")
    advisory  = ["lifecycle/stale-build", "support/component-end-of-life"]
    assessor  = true
  }

  requirement "5.3-9" {
    principle = "updates"
    title     = "The device itself verifies that an update is authentic and whole"
    status    = "R F (g)"
    when      = has("update.mechanism")
    required  = ["updates/device-verifies"]
    proof     = "observed"
  }

  # Broader than feature (j): any mechanism counts as one over the network.
  requirement "5.3-10" {
    principle = "updates"
    title     = "Each update that comes over the network is verified through a relationship of trust"
    status    = "M F (j)"
    when      = has("update.mechanism")
    required  = ["updates/device-verifies", "updates/update-script"]
    advisory  = ["updates/image-signature"]
    assessor  = true
  }

  requirement "5.3-11" {
    principle = "updates"
    title     = "The user is told that a security update is needed, and of the risk that it removes"
    status    = "R C (12)"
    when      = has("update.mechanism")
    assessor  = true
  }

  requirement "5.3-12" {
    principle = "updates"
    title     = "The user is told when an update will interrupt the basic functions"
    status    = "R C (12)"
    when      = has("update.mechanism")
    assessor  = true
  }

  requirement "5.3-13" {
    principle = "support"
    title     = "The period for which updates come is published, easy to find and to understand"
    status    = "M"
    required  = ["support/end-date"]
    advisory  = ["support/expiry", "support/published", "support/not-shortened"]
    declared  = ["support.until"]
    proof     = "observed"
    note      = "The period must be published: that the maker declares it is not enough. No least length is set."
  }

  requirement "5.3-14" {
    principle = "support"
    title     = "For devices that cannot be updated, the reason, the plan for replacement and the support period are published"
    status    = "R C (3)"
    when      = !any(has("update.mechanism"), has("update.automatic"), has("update.from"), has("update.offline"))
    assessor  = true
  }

  # The letter is disputed. The provision itself speaks of devices that cannot be
  # updated, as 5.3-14 does, and so has its rule.
  requirement "5.3-15A" {
    principle = "support"
    title     = "A device that cannot be updated can be isolated"
    status    = "R C (3)"
    when      = !any(has("update.mechanism"), has("update.automatic"), has("update.from"), has("update.offline"))
    assessor  = true
  }

  # Disputed as 5.3-15A, with the same rule.
  requirement "5.3-15B" {
    principle = "support"
    title     = "The hardware of a device that cannot be updated can be replaced"
    status    = "R C (3)"
    when      = !any(has("update.mechanism"), has("update.automatic"), has("update.from"), has("update.offline"))
    assessor  = true
  }

  requirement "5.3-16" {
    principle = "support"
    title     = "The model designation can be read on the device, or through an interface of it"
    status    = "M"
    declared  = ["models"]
    assessor  = true
  }

  # --- 5.4 Storage of security parameters
  requirement "5.4-1" {
    principle = "storage"
    title     = "Sensitive security parameters in persistent storage are stored securely"
    status    = "M F (k)"
    when      = any(has("storage"), has("credential"))
    required  = ["storage/private-key", "storage/key-of-certificate", "storage/file-mode"]
    advisory  = ["personaldata/at-rest", "storage/flash-encryption"]
    declared  = ["storage"]
    assessor  = true
  }

  requirement "5.4-2" {
    principle = "storage"
    title     = "An identity that is hard-coded into each device resists tampering"
    status    = "M F (l)"
    when      = has("credential.initial=unique-per-device")
    assessor  = true
  }

  requirement "5.4-3" {
    principle = "storage"
    title     = "No critical security parameter is hard-coded in the source code"
    status    = "M"
    required  = ["storage/private-key", "storage/api-token"]
    assessor  = true
  }

  requirement "5.4-4" {
    principle = "storage"
    title     = "Critical parameters for update checks and for communication with services are unique to the device, and made so that attacks on many devices gain nothing"
    status    = "M F (m)"
    when      = any(has("update.mechanism"), has("connection"))
    required  = ["storage/device-identity", "storage/known-key"]
    assessor  = true
  }

  # --- 5.5 Communication
  requirement "5.5-1" {
    principle = "communication"
    title     = "Communication is protected by best-practice cryptography"
    status    = "M"
    required = [
      "communication/cleartext-service",
      "communication/certificate",
      "communication/tls-settings",
      "communication/tls-verification",
    ]
    advisory = ["storage/weak-key"]
    declared = ["interface|connection"]
    assessor = true
  }

  requirement "5.5-2" {
    principle = "communication"
    title     = "Implementations of network and security functions have been reviewed or evaluated"
    status    = "R"
    assessor  = true
  }

  requirement "5.5-3" {
    principle = "communication"
    title     = "Cryptographic algorithms and primitives can be updated"
    status    = "R"
    assessor  = true
  }

  requirement "5.5-4" {
    principle = "communication"
    title     = "Functions of the device are reached over the network only after authentication"
    status    = "R"
    assessor  = true
  }

  requirement "5.5-5" {
    principle = "communication"
    title     = "Settings that matter for security are changed over the network only after authentication"
    status    = "M F (n)"
    when      = has("interface.service")
    required  = ["communication/open-shell", "communication/ssh-configuration"]
    assessor  = true
  }

  requirement "5.5-6" {
    principle = "communication"
    title     = "Critical security parameters are encrypted on their way"
    status    = "R F (o)"
    when      = any(has("connection"), has("interface.service"))
    advisory  = ["communication/web-without-tls"]
    assessor  = true
  }

  requirement "5.5-7" {
    principle = "communication"
    title     = "Critical security parameters stay confidential on interfaces that can be reached remotely"
    status    = "M F (o)"
    when      = any(has("connection"), has("interface.service"))
    required  = ["communication/web-without-tls"]
    assessor  = true
  }

  requirement "5.5-8" {
    principle = "storage"
    title     = "Critical security parameters are managed securely over their whole life"
    status    = "M C (16)"
    when      = has("credential")
    assessor  = true
  }

  # --- 5.6 Attack surface
  # Broader than feature (p): any interface counts, and any connection needs one.
  requirement "5.6-1" {
    principle = "lifecycle"
    title     = "Network and logical interfaces that are not used are disabled"
    status    = "M F (p)"
    when      = any(has("interface"), has("connection"))
    required  = ["communication/cleartext-service"]
    assessor  = true
  }

  requirement "5.6-2" {
    principle = "lifecycle"
    title     = "Before authentication as little as possible is told that helps an attacker"
    status    = "M"
    assessor  = true
  }

  requirement "5.6-3" {
    principle = "lifecycle"
    title     = "Physical interfaces are not exposed without need"
    status    = "R"
    assessor  = true
  }

  requirement "5.6-4A" {
    principle = "lifecycle"
    title     = "Debug interfaces are disabled or protected by access control"
    status    = "M F (q)"
    when      = has("interface.kind=debug")
    required  = ["lifecycle/debug-interface"]
    assessor  = true
  }

  # The letter is disputed. The provision speaks of debug interfaces, so any of them
  # counts.
  requirement "5.6-4B" {
    principle = "lifecycle"
    title     = "Debug interfaces that are physical ports are protected physically"
    status    = "R F (r)"
    when      = has("interface.kind=debug")
    assessor  = true
  }

  requirement "5.6-5" {
    principle = "lifecycle"
    title     = "Only services that are needed are enabled"
    status    = "R"
    required  = ["communication/undeclared-service"]
    assessor  = true
  }

  requirement "5.6-6" {
    principle = "lifecycle"
    title     = "There is no more code than the functions need"
    status    = "R"
    advisory  = ["lifecycle/binary-hardening", "lifecycle/debug-leftover"]
    assessor  = true
  }

  requirement "5.6-7" {
    principle = "lifecycle"
    title     = "Software runs with the least privileges that it needs"
    status    = "R"
    required  = ["credentials/extra-root", "lifecycle/writable-path"]
    advisory  = ["lifecycle/privileges"]
    assessor  = true
  }

  requirement "5.6-8" {
    principle = "lifecycle"
    title     = "Hardware controls access to memory"
    status    = "R"
    advisory  = ["lifecycle/kernel-hardening"]
    assessor  = true
  }

  requirement "5.6-9" {
    principle = "lifecycle"
    title     = "Software is developed by a secure process"
    status    = "R"
    advisory = [
      "lifecycle/risk-assessment",
      "lifecycle/security-testing",
      "lifecycle/repository",
    ]
    assessor = true
  }

  # --- 5.7 Integrity of software
  requirement "5.7-1" {
    principle = "lifecycle"
    title     = "The device verifies its software by secure boot"
    status    = "R"
    advisory  = ["updates/verified-boot"]
    declared  = ["lifecycle.secure_boot"]
    assessor  = true
  }

  # Feature (s) is secure boot or another mechanism; only the first can be declared
  # absent.
  requirement "5.7-2" {
    principle = "lifecycle"
    title     = "On an unauthorised change of its software the device gives alarm, and connects no further than the alarm needs"
    status    = "R F (s)"
    assessor  = true
  }

  # --- 5.8 Personal data
  requirement "5.8-1" {
    principle = "personaldata"
    title     = "Personal data on its way between device and services is encrypted"
    status    = "R F (t)"
    when      = all(has("data.personal"), any(has("data.where=cloud"), has("cloud"), has("recipient")))
    required  = ["communication/cleartext-endpoint"]
    assessor  = true
  }

  requirement "5.8-2" {
    principle = "personaldata"
    title     = "Sensitive personal data on its way to associated services is encrypted"
    status    = "M F (u)"
    when      = all(has("data.sensitive"), any(has("data.where=cloud"), has("cloud"), has("recipient")))
    assessor  = true
  }

  requirement "5.8-3" {
    principle = "personaldata"
    title     = "All that the device senses is documented for the user"
    status    = "M F (v)"
    when      = has("sensor")
    required  = ["personaldata/sensors"]
    assessor  = true
  }

  # --- 5.9 Outages
  requirement "5.9-1" {
    principle = "lifecycle"
    title     = "The device is built to withstand the loss of network and power"
    status    = "R"
    assessor  = true
  }

  requirement "5.9-2" {
    principle = "lifecycle"
    title     = "Without network the device keeps working locally, and after a power cut it recovers cleanly"
    status    = "R"
    assessor  = true
  }

  requirement "5.9-3" {
    principle = "lifecycle"
    title     = "The device connects to networks in an orderly way, also when many do so at once"
    status    = "R"
    assessor  = true
  }

  # --- 5.10 Telemetry
  requirement "5.10-1" {
    principle = "lifecycle"
    title     = "Telemetry is examined for signs of attacks"
    status    = "R F (w)"
    when      = has("lifecycle.telemetry_use")
    assessor  = true
  }

  # --- 5.11 Deletion
  requirement "5.11-1" {
    principle = "deletion"
    title     = "The user can erase user data from the device in a simple way"
    status    = "M"
    required  = ["deletion/factory-reset", "deletion/reset-coverage"]
    declared  = ["deletion.device"]
    assessor  = true
  }

  requirement "5.11-2" {
    principle = "deletion"
    title     = "The user can remove personal data from associated services in a simple way"
    status    = "R F (x)"
    when      = has("data.where=cloud")
    advisory  = ["deletion/instructions"]
    assessor  = true
  }

  requirement "5.11-3" {
    principle = "deletion"
    title     = "The user is told clearly how to delete personal data"
    status    = "R"
    required  = ["deletion/instructions"]
    declared  = ["deletion.instructions"]
    assessor  = true
  }

  requirement "5.11-4" {
    principle = "deletion"
    title     = "The user gets clear confirmation that personal data is deleted"
    status    = "R"
    advisory  = ["deletion/confirmation"]
    assessor  = true
  }

  # --- 5.12 Set-up and maintenance
  requirement "5.12-1" {
    principle = "lifecycle"
    title     = "Set-up and maintenance ask for few decisions and lead to a secure result"
    status    = "R"
    assessor  = true
  }

  requirement "5.12-2" {
    principle = "lifecycle"
    title     = "The user is guided to a secure set-up"
    status    = "R"
    assessor  = true
  }

  requirement "5.12-3" {
    principle = "lifecycle"
    title     = "The user is told how to check that the device is set up securely"
    status    = "R"
    assessor  = true
  }

  # --- 5.13 Input
  requirement "5.13-1A" {
    principle = "lifecycle"
    title     = "Input through user interfaces is validated"
    status    = "M"
    assessor  = true
  }

  requirement "5.13-1B" {
    principle = "lifecycle"
    title     = "Input through network interfaces and between services is validated"
    status    = "M"
    assessor  = true
  }

  # --- 6 Data protection
  requirement "6-1" {
    principle = "personaldata"
    title     = "Users are told which personal data is processed, how, by whom, what for and how long"
    status    = "M"
    required  = ["personaldata/recipients"]
    advisory  = ["personaldata/notice", "personaldata/residue"]
    declared  = ["data"]
    assessor  = true
  }

  requirement "6-2" {
    principle = "personaldata"
    title     = "Where processing rests on consent, the consent is obtained validly"
    status    = "M F (y)"
    when      = has("data.personal")
    assessor  = true
  }

  requirement "6-3A" {
    principle = "personaldata"
    title     = "Consent can be withdrawn at any time"
    status    = "M F (y)"
    when      = has("data.personal")
    assessor  = true
  }

  requirement "6-3B" {
    principle = "personaldata"
    title     = "What was consented to is stored"
    status    = "M F (y)"
    when      = has("data.personal")
    assessor  = true
  }

  requirement "6-4" {
    principle = "personaldata"
    title     = "Personal data in telemetry is kept to what is needed"
    status    = "R F (w)"
    when      = has("lifecycle.telemetry_use")
    assessor  = true
  }

  requirement "6-5" {
    principle = "personaldata"
    title     = "Users are told which telemetry is collected, how, by whom and what for"
    status    = "M F (w)"
    when      = has("lifecycle.telemetry_use")
    required  = ["personaldata/telemetry"]
    assessor  = true
  }

  requirement "6-6" {
    principle = "personaldata"
    title     = "Personal data is kept to the minimum, and deleted when its purpose ends"
    status    = "M F (z)"
    when      = has("data.personal")
    assessor  = true
  }

  # Broader than feature (aa), data that is only to be aggregated: any data counts.
  requirement "6-7" {
    principle = "personaldata"
    title     = "Data that is only to be aggregated is kept to the minimum, aggregated early and deleted soon"
    status    = "R F (aa)"
    when      = has("data")
    assessor  = true
  }

  requirement "6-8" {
    principle = "personaldata"
    title     = "Personal data is made anonymous where that is suitable"
    status    = "R F (z)"
    when      = has("data.personal")
    assessor  = true
  }
}
