package detached

import (
	"bytes"
	"crypto"
	"errors"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// CMS is what a message of the Cryptographic Message Syntax (RFC 5652) says on its
// outside.
type CMS struct {
	Length    int           // of the message, without what follows it
	Encrypted bool          // EnvelopedData: nothing else can be said
	Hashes    []crypto.Hash // under which its signers hash, each once
	Signers   int
	Attached  bool // the content is in it
	Content   []byte
	ContentAt int // its place in the message; negative if it is in pieces there
}

// Object identifiers, in DER without tag and length.
const (
	oidSignedData    = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
	oidEnvelopedData = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
	oidAuthEnveloped = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"
)

var hashes = map[string]crypto.Hash{
	"\x2b\x0e\x03\x02\x1a":                 crypto.SHA1,
	"\x60\x86\x48\x01\x65\x03\x04\x02\x01": crypto.SHA256,
	"\x60\x86\x48\x01\x65\x03\x04\x02\x02": crypto.SHA384,
	"\x60\x86\x48\x01\x65\x03\x04\x02\x03": crypto.SHA512,
	"\x60\x86\x48\x01\x65\x03\x04\x02\x04": crypto.SHA224,
}

var errNoCMS = errors.New("no CMS message")

// ParseCMS reads the message that begins b, in DER or BER.
func ParseCMS(b []byte) (CMS, error) {
	c, err := parseCMS(b)
	if err == nil {
		return c, nil
	}
	der, length, notBER := DER(b)
	if notBER != nil || bytes.Equal(der, b[:length]) {
		return c, errors.Join(err, notBER)
	}
	if c, err = parseCMS(der); err != nil {
		return c, err
	}
	c.Length = length
	if c.Attached {
		c.ContentAt = bytes.Index(b[:length], c.Content)
	}
	return c, nil
}

func parseCMS(b []byte) (CMS, error) {
	var c CMS
	whole, err := next(b, 0, len(b))
	if err != nil || whole.tag != tagSequence {
		return c, errors.Join(errNoCMS, err)
	}
	c.Length = whole.end
	info, err := whole.inside(b)
	if err != nil || len(info) != 2 || info[0].tag != tagOID || info[1].tag != tagExplicit {
		return c, errors.Join(errNoCMS, err)
	}
	switch string(b[info[0].body:info[0].end]) {
	case oidSignedData:
		return c, c.signed(b, info[1])
	case oidEnvelopedData, oidAuthEnveloped:
		c.Encrypted = true
		return c, nil
	}
	return c, errNoCMS
}

// signed reads a SignedData: version, hashes, content, certificates, signers.
func (c *CMS) signed(b []byte, outer element) error {
	data, err := next(b, outer.body, outer.end)
	if err != nil {
		return err
	}
	fields, err := data.inside(b)
	if err != nil {
		return err
	}
	if data.tag != tagSequence || len(fields) < 4 || fields[1].tag != tagSet || fields[2].tag != tagSequence {
		return errors.New("a SignedData without its fields")
	}
	if err := c.content(b, fields[2]); err != nil {
		return err
	}
	last := fields[len(fields)-1]
	if last.tag != tagSet {
		return errors.New("a SignedData without a set of signers")
	}
	return c.signers(b, last)
}

func (c *CMS) content(b []byte, e element) error {
	fields, err := e.inside(b)
	if err != nil || len(fields) < 2 {
		return err
	}
	octets, err := next(b, fields[1].body, fields[1].end)
	if err != nil {
		return err
	}
	if octets.tag != tagOctets {
		return errors.New("a content that is no run of bytes")
	}
	c.Attached, c.Content, c.ContentAt = true, b[octets.body:octets.end:octets.end], octets.body
	return nil
}

// signers reads which hash each signer uses: the third field, after version and
// name.
func (c *CMS) signers(b []byte, set element) error {
	all, err := set.inside(b)
	if err != nil {
		return err
	}
	c.Signers = len(all)
	for _, s := range all {
		fields, err := s.inside(b)
		if err != nil {
			return err
		}
		if len(fields) < 3 {
			return errors.New("a signer without its fields")
		}
		oid, err := next(b, fields[2].body, fields[2].end)
		if err != nil {
			return err
		}
		if h := hashes[string(b[oid.body:oid.end])]; h != 0 && !slices.Contains(c.Hashes, h) {
			c.Hashes = append(c.Hashes, h)
		}
	}
	return nil
}

// IsCMS reports whether bytes begin like a message of CMS.
func IsCMS(b []byte) bool {
	if len(b) == 0 || b[0] != tagSequence {
		return false
	}
	head := b[:min(len(b), 32)]
	for _, oid := range []string{oidSignedData, oidEnvelopedData, oidAuthEnveloped} {
		if i := bytes.Index(head, []byte(oid)); i > 2 && head[i-2] == tagOID {
			return true
		}
	}
	return false
}

// ownContent is the problem of a message that should be about something else.
const ownContent = "the CMS message holds a content of its own"

// repeats takes the problem of a message away whose own content is that of the input,
// byte by byte: it is about the input as much as one without.
func repeats(s *format.Signature, in format.Input) {
	if s.Problem != ownContent {
		return
	}
	c, err := ParseCMS(s.Value)
	if err != nil || int64(len(c.Content)) != in.Size || c.Length != len(s.Value) || c.Signers == 0 {
		return
	}
	if whole, err := in.Bytes(0, in.Size); err == nil && bytes.Equal(whole, c.Content) {
		s.Problem = ""
	}
}

// Hashes gives the hashes of a detached message that is the Value of a signature,
// and notes there what is wrong with the message.
func Hashes(s *format.Signature) []crypto.Hash {
	c, err := ParseCMS(s.Value)
	switch {
	case err != nil:
		s.Problem = "the CMS message cannot be read: " + err.Error()
	case c.Encrypted:
		s.Problem = "the CMS message is encrypted and signs nothing"
	case c.Attached:
		s.Problem = ownContent
	case c.Length != len(s.Value):
		s.Problem = "bytes follow the CMS message"
	case c.Signers == 0:
		s.Problem = "the CMS message has no signer"
	}
	return c.Hashes
}
