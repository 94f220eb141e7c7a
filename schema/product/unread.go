package product

import "slices"

// Unread lists the attributes that are declared and nothing follows from yet: no
// check judges them, no scheme asks for them, no label shows them. Files that they
// name must be there all the same. A test of the program holds the list to what its
// packages do.
func Unread() []string {
	return []string{
		"app.id",
		"app.store",
		"cloud.after_end",
		"cloud.operator",
		"cloud.regions",
		"connection.identity",
		"connection.trusts",
		"credential.lockout",
		"credential.min_length",
		"credential.scheme",
		"credential.stored_as",
		"deletion.cloud_within",
		"evidence.confidential",
		"firmware.reason",
		"key.algorithm",
		"key.custody",
		"lifecycle.monitoring",
		"opaque_range.reason",
		"process.component_scan",
		"process.incident_response",
		"process.secure_development",
		"sensor.shown",
		"service.protocol",
		"support.after",
		"update.layout",
		"update.notify",
		"update.postpone",
	}
}

// unread is what explanation and reference page say of such an attribute.
const unread = "Declared; no check reads it yet."

// isUnread reports whether nothing follows from an attribute yet.
func (p item) isUnread() bool {
	return p.attribute != nil && slices.Contains(Unread(), p.name())
}
