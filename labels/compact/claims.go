package compact

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/cose"
)

// claims are the claims of a compact label. Numbers: RFC 8392, section 4; 65535
// is that of the Token Status List; below -65536 numbers are for private use.
type claims struct {
	Issuer  string  `cbor:"1,keyasint"`
	Expires int64   `cbor:"4,keyasint"`
	Issued  int64   `cbor:"6,keyasint"`
	ID      []byte  `cbor:"7,keyasint"`
	Status  *status `cbor:"65535,keyasint,omitempty"`
	Body    body    `cbor:"-65537,keyasint"`
}

type status struct {
	List place `cbor:"status_list"`
}

type place struct {
	Index int64  `cbor:"idx"`
	URI   string `cbor:"uri"`
}

// body is the private claim. Version comes first: a reader that does not know
// it reads no further.
type body struct {
	Version     int      `cbor:"1,keyasint"`
	Maker       string   `cbor:"2,keyasint"`
	Product     string   `cbor:"3,keyasint"`
	Models      []string `cbor:"4,keyasint,omitempty"`
	MoreModels  int      `cbor:"5,keyasint,omitempty"`
	GTIN        int64    `cbor:"6,keyasint,omitempty"`
	Support     int64    `cbor:"7,keyasint"` // days since 1970-01-01
	Schemes     []Scheme `cbor:"8,keyasint"`
	MoreSchemes int      `cbor:"9,keyasint,omitempty"`
	Firmware    string   `cbor:"10,keyasint,omitempty"`
	Minimum     string   `cbor:"11,keyasint,omitempty"`
	Standing    Standing `cbor:"12,keyasint,omitempty"`
	Demo        bool     `cbor:"13,keyasint,omitempty"`
	Shortened   []Field  `cbor:"14,keyasint,omitempty"`
}

const secondsOfDay = 24 * 60 * 60

// The limits of what a compact label may hold. The verifier in the browser has
// the same.
const (
	lastDay  = 2932896 // 9999-12-31, in days since 1970-01-01
	maxTexts = 64      // models, schemes
	maxMore  = 1000    // left out
	maxIndex = labels.MaxStatusIndex
	maxGTIN  = 99999999999999
	maxLevel = 1000
)

func (l *Label) encode() ([]byte, error) {
	c, err := l.claims()
	if err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return cose.Marshal(c)
}

func (l *Label) claims() (*claims, error) {
	issued, err1 := midnight(l.Issued)
	until, err2 := midnight(l.ValidUntil)
	support, err3 := midnight(l.SupportUntil)
	gtin, err4 := strconv.ParseInt("0"+l.GTIN, 10, 64)
	id, err5 := hex.DecodeString(l.Statement.Hex())
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return nil, err
	}
	c := &claims{
		Issuer: l.Issuer, Expires: until + secondsOfDay, Issued: issued, ID: id,
		Body: body{
			Version: Version, Maker: l.Maker, Product: l.Product, Models: l.Models, MoreModels: l.MoreModels, GTIN: gtin,
			Support: support / secondsOfDay, Schemes: l.Schemes, MoreSchemes: l.MoreSchemes,
			Firmware: l.Firmware, Minimum: l.Minimum, Standing: l.Standing, Demo: l.Demo, Shortened: l.Shortened,
		},
	}
	if l.Status != nil {
		c.Status = &status{place{int64(l.Status.Index), l.Status.List}}
	}
	return c, nil
}

func decode(payload []byte) (*Label, error) {
	c := new(claims)
	if err := cose.Unmarshal(payload, c); err != nil {
		if v := versionOf(payload); v > Version {
			return nil, fmt.Errorf("%w: %d", ErrVersion, v)
		}
		return nil, fmt.Errorf("%w: claims: %w", ErrNotCompact, err)
	}
	if c.Body.Version > Version {
		return nil, fmt.Errorf("%w: %d", ErrVersion, c.Body.Version)
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotCompact, err)
	}
	return c.label(), nil
}

func (c *claims) label() *Label {
	b := &c.Body
	l := &Label{
		Issuer: c.Issuer, Issued: day(c.Issued), ValidUntil: day(c.Expires - secondsOfDay),
		Statement: assay.SHA256([32]byte(c.ID)), Maker: b.Maker, Product: b.Product,
		Models: b.Models, MoreModels: b.MoreModels, SupportUntil: day(b.Support * secondsOfDay),
		Schemes: b.Schemes, MoreSchemes: b.MoreSchemes, Firmware: b.Firmware, Minimum: b.Minimum,
		Standing: b.Standing, Demo: b.Demo, Shortened: b.Shortened,
	}
	if b.GTIN != 0 {
		l.GTIN = fmt.Sprintf("%014d", b.GTIN)
	}
	if c.Status != nil {
		l.Status = &labels.Status{List: c.Status.List.URI, Index: int(c.Status.List.Index)}
	}
	return l
}

func day(second int64) string { return time.Unix(second, 0).UTC().Format(time.DateOnly) }

// versionOf finds the version in claims that this program cannot read whole; 0
// if there is none.
func versionOf(payload []byte) int {
	version, err := cose.Find(payload, -65537, 1)
	if err != nil {
		return 0
	}
	return version
}

// check holds the claims to their limits and to each other.
func (c *claims) check() error {
	b := &c.Body
	switch {
	case b.Version != Version:
		return fmt.Errorf("version %d", b.Version)
	case len(c.ID) != 32:
		return fmt.Errorf("a statement digest of %d bytes", len(c.ID))
	case !isDay(c.Issued) || !isDay(c.Expires-secondsOfDay) || b.Support < 0 || b.Support > lastDay:
		return errors.New("a time that is no midnight between 1970 and 9999")
	case c.Expires <= c.Issued:
		return errors.New("it ends before it begins")
	case c.Expires-secondsOfDay > b.Support*secondsOfDay:
		return errors.New("it is valid longer than the support")
	case b.GTIN < 0 || b.GTIN > maxGTIN:
		return errors.New("a GTIN of more than 14 digits")
	case b.GTIN != 0 && !labels.IsGTIN(fmt.Sprintf("%014d", b.GTIN)):
		return fmt.Errorf("the GTIN %014d has a wrong last digit", b.GTIN)
	case b.Standing < Other || b.Standing > Authorised:
		return fmt.Errorf("standing %d", b.Standing)
	}
	if strings.Contains(c.Issuer, "/") || !labels.IsPlainAddress("https://"+c.Issuer) {
		return fmt.Errorf("the issuer %.120q is no host", c.Issuer)
	}
	return errors.Join(c.checkLists(), c.checkTexts(), c.checkStatus())
}

func isDay(second int64) bool {
	return second >= 0 && second <= lastDay*secondsOfDay && second%secondsOfDay == 0
}

func (c *claims) checkLists() error {
	b := &c.Body
	if len(b.Schemes) == 0 || len(b.Schemes) > maxTexts || len(b.Models) > maxTexts ||
		b.MoreModels < 0 || b.MoreModels > maxMore || b.MoreSchemes < 0 || b.MoreSchemes > maxMore {
		return errors.New("a list with too few or too many entries")
	}
	for i, s := range b.Schemes {
		if s.Level < 0 || s.Level > maxLevel {
			return fmt.Errorf("level %d", s.Level)
		}
		if slices.ContainsFunc(b.Schemes[:i], func(other Scheme) bool { return labels.SameName(other.ID, s.ID) }) {
			return fmt.Errorf("the scheme %.60q is there twice", s.ID)
		}
	}
	last := Field(0)
	for _, f := range b.Shortened {
		if f <= last || f > 32 {
			return errors.New("the list of shortened texts is not in order")
		}
		last = f
	}
	if order, known := labels.CompareVersions(b.Firmware, b.Minimum); known && order < 0 && !c.cutVersion() {
		return fmt.Errorf("the firmware has version %.60s, older than %.60s, the lowest that is said to be supported", b.Firmware, b.Minimum)
	}
	return nil
}

// cutVersion reports whether of a version only the beginning is there: it cannot be
// compared.
func (c *claims) cutVersion() bool {
	return slices.Contains(c.Body.Shortened, FieldFirmware) || slices.Contains(c.Body.Shortened, FieldMinimum)
}

// checkTexts holds the texts to what they may be on a label of any form.
func (c *claims) checkTexts() error {
	b := &c.Body
	names := append([]string{b.Maker, b.Product}, b.Models...)
	for _, s := range []string{b.Firmware, b.Minimum} {
		if s != "" {
			names = append(names, s)
		}
	}
	for _, s := range names {
		if err := labels.CheckName(s); err != nil {
			return err
		}
	}
	if err := c.checkShortened(); err != nil {
		return err
	}
	for _, s := range b.Schemes {
		if err := errors.Join(labels.CheckScheme(s.ID, s.ID), labels.CheckScheme(s.ID, s.Edition), labels.CheckEdition(s.ID, s.Edition)); err != nil {
			return err
		}
	}
	return nil
}

// leastShortened is the number of bytes that a shortened text has at least: it is cut to
// 12 in the end, less the part of a character and a blank before it.
const leastShortened = 8

// checkShortened refuses a text that is shorter than any that the rule of FromStatement
// cuts: of a few letters anybody's name could be the whole.
func (c *claims) checkShortened() error {
	b := &c.Body
	for _, t := range []struct {
		field Field
		texts []string
	}{{FieldMaker, []string{b.Maker}}, {FieldProduct, []string{b.Product}}, {FieldModels, b.Models[:min(1, len(b.Models))]}, {FieldFirmware, []string{b.Firmware}}, {FieldMinimum, []string{b.Minimum}}} {
		for _, s := range t.texts {
			if slices.Contains(b.Shortened, t.field) && s != "" && len(s) < leastShortened {
				return fmt.Errorf("the text %q is said to be shortened, and has %d bytes, less than %d", s, len(s), leastShortened)
			}
		}
	}
	return nil
}

func (c *claims) checkStatus() error {
	if c.Status == nil {
		return nil
	}
	p := c.Status.List
	if p.Index < 0 || p.Index > maxIndex {
		return fmt.Errorf("index %d in a status list", p.Index)
	}
	if !labels.IsPlainAddress(p.URI) {
		return fmt.Errorf("the status list's address %.120q is not a plain https address", p.URI)
	}
	var schemes []string
	for _, s := range c.Body.Schemes {
		schemes = append(schemes, s.ID)
	}
	return labels.CheckPath(p.URI, schemes...)
}
