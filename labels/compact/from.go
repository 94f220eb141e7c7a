package compact

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-iot/assay/labels"
)

// FromStatement makes the compact label of a statement, as much of it as fits
// the QR code when it is signed with the given key.
//
// What does not fit is left out in a fixed order, and the label says so: the
// firmware version, models but three, schemes but the first, models but the
// first; texts are cut to 60, and in the end to 12 bytes; the lowest supported
// version. ErrAddress says that the issuer has no
// address that could stand in a code; ErrTooLong, that nothing helps; ErrDespite,
// that a requirement is not met, for which a code has no room.
func FromStatement(s *labels.Statement, pub crypto.PublicKey) (*Label, error) {
	if len(s.Predicate.Despite) > 0 {
		return nil, ErrDespite
	}
	l, err := whole(s)
	if err != nil {
		return nil, err
	}
	size, err := sizeOf(pub)
	if err != nil {
		return nil, err
	}
	for _, shorten := range steps {
		switch fits, err := l.fits(s.Predicate.Issuer.Address, size); {
		case err != nil:
			return nil, err
		case fits:
			return l, nil
		}
		shorten(l)
	}
	if fits, err := l.fits(s.Predicate.Issuer.Address, size); err != nil || !fits {
		return nil, ErrTooLong
	}
	return l, nil
}

// whole says all that a compact label could.
func whole(s *labels.Statement) (*Label, error) {
	digest, err := s.Digest()
	if err != nil {
		return nil, err
	}
	p := &s.Predicate
	issuer, err := IssuerOf(p)
	if err != nil {
		return nil, err
	}
	l := &Label{
		Issuer: issuer, Issued: p.Issued, ValidUntil: p.ValidUntil, Statement: digest, Status: p.Status,
		Maker: p.Product.Maker.Name, Product: p.Product.Name, Models: p.Product.Models, GTIN: gtin14(p.Product.GTIN),
		SupportUntil: p.Product.SupportUntil, Demo: p.Demo, Standing: standingOf(p.Issuer.Standing),
	}
	if len(p.Firmware) == 1 {
		l.Firmware, l.Minimum = p.Firmware[0].Version, p.Firmware[0].Minimum
	}
	for _, sc := range p.Schemes {
		l.Schemes = append(l.Schemes, Scheme{ID: sc.ID, Edition: sc.Edition, Level: sc.Level})
	}
	l.keepModels(maxTexts)
	l.keepSchemes(maxTexts)
	return l, nil
}

// IssuerOf gives the name by which compact labels and status lists know an
// issuer: the host of its address, in small letters.
func IssuerOf(l *labels.Label) (string, error) { return IssuerAt(l.Issuer.Address) }

// IssuerAt gives the name of the issuer with this address.
func IssuerAt(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || !labels.IsPlainAddress("https://"+strings.ToLower(u.Host)+"/") {
		return "", fmt.Errorf("%w: %.120q", ErrAddress, address)
	}
	return strings.TrimSuffix(strings.ToLower(u.Host), ":443"), nil // the port that https has anyway
}

func standingOf(s labels.Standing) Standing {
	for i, name := range standings {
		if s == name {
			return Standing(i)
		}
	}
	return Other
}

// gtin14 writes a GTIN with 14 digits (GS1 General Specifications, 3.3); empty
// if it is none.
func gtin14(s string) string {
	if len(s) < 8 || len(s) > 14 || strings.Trim(s, "0123456789") != "" || strings.Trim(s, "0") == "" {
		return ""
	}
	return strings.Repeat("0", 14-len(s)) + s
}

// sizeOf is the number of bytes that a signature by the key takes.
func sizeOf(pub crypto.PublicKey) (int, error) {
	hash, err := labels.KeyHash(pub)
	if hash == crypto.SHA384 {
		return 96, err
	}
	return 64, err
}

// fits tries whether the label fits once it is signed.
func (l *Label) fits(address string, signature int) (bool, error) {
	payload, err := l.encode()
	if err != nil {
		return false, err
	}
	const around = 1 + 1 + 1 + 10 + 1 + 3 + 2 // tag, array, protected header with algorithm and key id, empty map, heads
	longest := bytes.Repeat([]byte{0xFF}, around+len(payload)+signature)
	_, err = Text(address, l.GTIN, longest)
	if errors.Is(err, ErrTooLong) {
		return false, nil
	}
	return err == nil, err
}

// steps make a label shorter, one after the other.
var steps = []func(*Label){
	func(l *Label) { l.Firmware = "" },
	func(l *Label) { l.keepModels(3) },
	func(l *Label) { l.cut(60) },
	func(l *Label) { l.keepSchemes(1) },
	func(l *Label) { l.keepModels(1) },
	func(l *Label) { l.cut(48) },
	func(l *Label) { l.cut(36) },
	func(l *Label) { l.cut(24) },
	func(l *Label) { l.cut(18) },
	func(l *Label) { l.cut(12) },
	func(l *Label) { l.Minimum = "" },
}

func (l *Label) keepSchemes(n int) {
	if len(l.Schemes) > n {
		l.MoreSchemes += len(l.Schemes) - n
		l.Schemes = l.Schemes[:n]
	}
}

func (l *Label) keepModels(n int) {
	if len(l.Models) > n {
		l.MoreModels += len(l.Models) - n
		l.Models = append([]string{}, l.Models[:n]...)
	}
}

// cut keeps at most n bytes of each text, whole characters, and notes which it
// has cut.
func (l *Label) cut(n int) {
	l.cutText(FieldMaker, &l.Maker, n)
	l.cutText(FieldProduct, &l.Product, n)
	if len(l.Models) == 1 {
		l.Models = []string{l.Models[0]}
		l.cutText(FieldModels, &l.Models[0], n)
	}
	l.cutText(FieldFirmware, &l.Firmware, n)
	l.cutText(FieldMinimum, &l.Minimum, n)
}

func (l *Label) cutText(f Field, s *string, n int) {
	if len(*s) <= n {
		return
	}
	for n > 0 && !utf8.RuneStart((*s)[n]) {
		n--
	}
	head := strings.TrimRight((*s)[:n], " \u00a0")
	if len(head) < leastShortened { // blanks and little else
		return
	}
	*s = head
	if !l.IsShortened(f) {
		l.Shortened = append(l.Shortened, f)
		slices.Sort(l.Shortened)
	}
}

// Speaks is an error unless the compact label says about the statement what the
// rule of [FromStatement] makes of it: nothing more, nothing less, nothing else.
func (l *Label) Speaks(s *labels.Statement, pub crypto.PublicKey) error {
	digest, err := s.Digest()
	if err != nil {
		return err
	}
	if digest != l.Statement {
		return fmt.Errorf("the code is about another label, %s", l.Statement)
	}
	want, err := FromStatement(s, pub)
	if err != nil {
		return err
	}
	said, err1 := l.encode()
	wanted, err2 := want.encode()
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if !bytes.Equal(said, wanted) {
		return errors.New("the code says something else than the label")
	}
	return nil
}
