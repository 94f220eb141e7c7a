package mcuboot

import (
	"encoding/binary"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	infoSize     = 4
	tlvHeader    = 4
	magicInfo    = 0x6907
	magicProtect = 0x6908
	maxTLVs      = 1024
)

// Types of fields.
const (
	tlvKeyHash    = 0x01
	tlvPublicKey  = 0x02
	tlvSHA256     = 0x10
	tlvSHA384     = 0x11
	tlvSHA512     = 0x12
	tlvRSA2048    = 0x20
	tlvECDSA224   = 0x21
	tlvECDSA      = 0x22
	tlvRSA3072    = 0x23
	tlvEd25519    = 0x24
	tlvPure       = 0x25
	tlvEncrypt    = 0x30 // and the next few
	tlvEncryptEnd = 0x3f
	tlvDependency = 0x40
	tlvCounter    = 0x50
	tlvBootRecord = 0x60
)

// oldTypes has what the old header calls the types.
var oldTypes = map[uint16]uint16{1: tlvSHA256, 2: tlvRSA2048, 3: tlvECDSA224, 4: tlvECDSA}

var typeNames = map[uint16]string{
	tlvKeyHash: "KEYHASH", tlvPublicKey: "PUBKEY", tlvSHA256: "SHA256", tlvSHA384: "SHA384", tlvSHA512: "SHA512",
	tlvRSA2048: "RSA2048_PSS", tlvECDSA224: "ECDSA224", tlvECDSA: "ECDSA_SIG", tlvRSA3072: "RSA3072_PSS",
	tlvEd25519: "ED25519", tlvPure: "SIG_PURE", tlvDependency: "DEPENDENCY", tlvCounter: "SEC_CNT", tlvBootRecord: "BOOT_RECORD",
}

func typeName(kind uint16) string {
	if n := typeNames[kind]; n != "" {
		return n
	}
	return fmt.Sprintf("0x%02x", kind)
}

// tlv is a field.
type tlv struct {
	kind      uint16
	protected bool
	off       int64 // of its value
	value     []byte
}

// area is where fields stand.
type area struct {
	off, end  int64 // with its head
	protected bool
}

// areas finds the fields behind the program: protected ones, if the header says
// so, and the others.
func (r *reader) areas() error {
	at := r.h.size + r.h.image
	if r.h.old {
		if r.h.tlvs == 0 || r.h.tlvs > r.in.Size-at {
			return format.Errorf(at, "fields of %d bytes, the input ends at 0x%x", r.h.tlvs, r.in.Size)
		}
		r.all = []area{{at, at + r.h.tlvs, false}}
		return nil
	}
	if r.h.protected > 0 {
		a, err := r.area(at, magicProtect)
		if err != nil {
			return err
		}
		if a.end-a.off != r.h.protected {
			return format.Errorf(at, "%d bytes of protected fields, the header says %d", a.end-a.off, r.h.protected)
		}
		r.all, at = append(r.all, a), a.end
	}
	a, err := r.area(at, magicInfo)
	if err != nil {
		return err
	}
	r.all = append(r.all, a)
	return nil
}

// area reads the head of an area.
func (r *reader) area(at int64, want uint16) (area, error) {
	head := r.in.Peek(at, infoSize)
	if len(head) < infoSize {
		return area{}, format.Errorf(at, "the fields should begin here, the input ends at 0x%x", r.in.Size)
	}
	le := binary.LittleEndian
	if got := le.Uint16(head); got != want {
		return area{}, format.Errorf(at, "fields should begin here with 0x%04x, not 0x%04x", want, got)
	}
	size := int64(le.Uint16(head[2:]))
	if size < infoSize || size > r.in.Size-at {
		return area{}, format.Errorf(at, "fields of %d bytes, the input ends at 0x%x", size, r.in.Size)
	}
	return area{at, at + size, want == magicProtect}, nil
}

// fields reads the fields of an area. What is wrong ends the reading of it.
func (r *reader) fields(a area) error {
	at := a.off + infoSize
	if r.h.old {
		at = a.off
	}
	for at < a.end {
		head := r.in.Peek(at, tlvHeader)
		if len(head) < tlvHeader || a.end-at < tlvHeader {
			return format.Errorf(at, "the fields end in the middle of one")
		}
		le := binary.LittleEndian
		f := tlv{kind: le.Uint16(head), protected: a.protected, off: at + tlvHeader}
		if r.h.old {
			f.kind = oldTypes[f.kind&0xff]
		}
		size := int64(le.Uint16(head[2:]))
		if size > a.end-f.off {
			return format.Errorf(at, "field %s of %d bytes goes past the end of the fields at 0x%x", typeName(f.kind), size, a.end)
		}
		if len(r.tlvs) == maxTLVs {
			return format.Errorf(at, "more than %d fields", maxTLVs)
		}
		var err error
		if f.value, err = r.in.Bytes(f.off, size); err != nil {
			return err
		}
		r.tlvs = append(r.tlvs, f)
		at = f.off + size
	}
	return nil
}
