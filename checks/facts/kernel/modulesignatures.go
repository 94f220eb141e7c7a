package kernel

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/keys"
	"github.com/assay-iot/assay/firmware"
)

// ModuleSignature is what a kernel module says of who signed it. It is not
// verified: the key is in the kernel.
type ModuleSignature struct {
	Signed   bool
	Kind     string `json:",omitempty"` // "PKCS#7", "PGP", "X.509"
	Problem  string `json:",omitempty"` // why it is none
	Location assay.Location
}

// ModuleSignatures are those of the kernel modules of the image, packed ones left
// out.
var ModuleSignatures = &facts.Scan[ModuleSignature]{
	Name: "module-signatures",
	Doc:  "Kernel modules, and whether a signature is appended to them.",
	Want: func(f *firmware.File) bool { return f.Kind == firmware.Regular && strings.HasSuffix(f.Name, ".ko") },
	See: func(f *firmware.File, content []byte) []ModuleSignature {
		if !bytes.HasPrefix(content, []byte("\x7fELF")) {
			return nil
		}
		m := moduleSignature(content)
		m.Location.Path, m.Location.Digest = f.Path, facts.At(f).Digest
		return []ModuleSignature{m}
	},
}

// A signature is appended as include/linux/module_signature.h of Linux has it: the
// signature, twelve bytes about it, a line of text.
const (
	moduleMark  = "~Module signature appended~\n"
	moduleAbout = 12
)

var moduleKinds = []string{"PGP", "X.509", "PKCS#7"}

func moduleSignature(b []byte) (m ModuleSignature) {
	front, marked := bytes.CutSuffix(b, []byte(moduleMark))
	if !marked {
		return m
	}
	if len(front) < moduleAbout {
		m.Problem = "the mark of a signature stands behind nothing"
		return m
	}
	about := front[len(front)-moduleAbout:]
	front = front[:len(front)-moduleAbout]
	kind, names, size := int(about[2]), int64(about[3])+int64(about[4]), int64(binary.BigEndian.Uint32(about[8:]))
	switch {
	case kind >= len(moduleKinds):
		m.Problem = "its signature is of an unknown kind"
	case size == 0 || size+names > int64(len(front)):
		m.Problem = "its signature is not as long as it says"
	case kind == len(moduleKinds)-1 && (names > 0 || !isSequence(front[int64(len(front))-size:])):
		m.Problem = "its signature is no PKCS#7"
	default:
		m.Signed, m.Kind = true, moduleKinds[kind]
		m.Location.Offset, m.Location.Length = int64(len(front))-size-names, size+names
	}
	return m
}

// isSequence reports whether bytes are one whole structure in DER.
func isSequence(b []byte) bool {
	n, ok := keys.DERLength(b)
	return ok && n == len(b)
}
