package format

import (
	"context"
	"crypto"
)

// Signature is what a container says about who signed it. It was parsed and
// nothing more: whether it is valid is asked elsewhere, with keys that somebody
// trusts. A checksum, a hash list and the digest of a key are no signatures.
type Signature struct {
	// Kind says which format's signature it is: "rauc", "mcuboot",
	// "esp-secure-boot-v2", "fit", "avb", "usign", …
	Kind string
	// Name tells several of one kind apart: the configuration of a FIT image, the
	// number of a block; may be empty.
	Name string
	// Offset and Length are where the signature itself stands in the container.
	Offset, Length int64
	// Algorithm is one of the Algorithms below, or what the container says where
	// there is none for it.
	Algorithm string
	// Value is the signature: as the algorithm defines it (ECDSA in DER), or a
	// whole CMS or OpenPGP structure.
	Value []byte
	// Digest is the digest of the covered bytes under the algorithm's hash (of
	// OpenPGP: of what its packet says of itself, too), and Message the covered
	// bytes themselves, where the algorithm needs them and they are at most
	// MaxMessage; Signed gives them where they are more.
	Digest  []byte
	Digests map[crypto.Hash][]byte // where it names several hashes: under each
	Message []byte
	Signed  func() ([]byte, error) `json:"-"`
	// PublicKey is the SubjectPublicKeyInfo (RFC 5280, 4.1) that the container
	// brings along, and KeyDigest the SHA-256 of a key that it names. Neither is a
	// reason to trust.
	PublicKey []byte
	KeyDigest []byte
	KeyName   string // what the container calls the key
	// Certificates are what the container brings along beside Value, in DER.
	Certificates [][]byte
	// Covers are the bytes of the container that the signature is over, in order,
	// and Leaves the others, except the signature itself. A Span with a Path is
	// that of a member of the container. A negative Offset counts back from the
	// container into what stands in front of it (the image before a trailer).
	Covers, Leaves []Span
	// Through are the bytes that it covers by a hash list in the covered bytes: the
	// hash was compared and holds.
	Through []Span
	// Vouches are the public keys, as SubjectPublicKeyInfo, that the covered bytes say
	// other parts are signed with.
	Vouches [][]byte
	// Problem says why it cannot be judged: it is broken, or its fields lie.
	Problem string
	// Doubt says why what is started or installed may be something else than what was
	// signed, although the signature holds; empty if nothing says so.
	Doubt string
}

// MaxMessage is how many covered bytes a Signature holds itself.
const MaxMessage = 1 << 20

// Span is a run of bytes.
type Span struct {
	Offset, Length int64
	Path           string // of a member; empty for the container
	Beside         bool   // Path is from the image on: that of a part beside the container's
	Used           bool   // in Leaves: it is started or installed, for a configuration, a manifest or its name says so
}

// Claim is what a container says of a part that lies beside the one it is in, as a
// partition of the same disk, which its reader does not see: package firmware finds
// the part and has it compared.
type Claim struct {
	Name string // of the part; that of the other's slot may follow there ("boot" is "boot_a")
	// Compare compares the part, and gives the entry of the hash list, whose Span is
	// in the part.
	Compare func(ctx context.Context, part Input) (Hash, error)
	// Key is set instead: the public key, as SubjectPublicKeyInfo, that signs the part.
	Key []byte
}

// Algorithms of signatures.
const (
	RSASHA256    = "RSA-PKCS1v15-SHA256"
	RSASHA384    = "RSA-PKCS1v15-SHA384"
	RSASHA512    = "RSA-PKCS1v15-SHA512"
	RSASHA224    = "RSA-PKCS1v15-SHA224"
	RSASHA1      = "RSA-PKCS1v15-SHA1"
	RSAPSSSHA256 = "RSA-PSS-SHA256"
	RSAPSSSHA384 = "RSA-PSS-SHA384"
	RSAPSSSHA512 = "RSA-PSS-SHA512"
	ECDSASHA224  = "ECDSA-SHA224"
	ECDSASHA256  = "ECDSA-SHA256"
	ECDSASHA384  = "ECDSA-SHA384"
	ECDSASHA512  = "ECDSA-SHA512"
	Ed25519      = "Ed25519"    // over Message
	Ed25519ph    = "Ed25519ph"  // minisign: over the BLAKE2b-512 of the bytes, which is Message
	CMS          = "CMS"        // RFC 5652; Value is the SignedData, Message or Digests what it is over
	OpenPGP      = "OpenPGP"    // RFC 9580; Value is one packet, Digest what it is of
	COSE         = "COSE"       // RFC 9052; Value is the COSE_Sign1
	RSAAnySHA256 = "RSA-SHA256" // PKCS1v15 or PSS: the container does not say which
	Bare         = "bare"       // nothing says with what it was made, only a key can tell; Digests are under each hash
)

// Hash is an entry of a hash list inside a container, compared with what it is
// about. It proves that nothing was damaged, and not who made it.
type Hash struct {
	Name      string // of what it is about
	Algorithm string // "sha256", "crc32", …
	Span      Span   // of what it is about
	OK        bool
	Problem   string // why it could not be compared
}
