package verify_test

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/pades"
	"github.com/assay-iot/assay/labels/pdf"
	"github.com/assay-iot/assay/labels/picture"
	"github.com/assay-iot/assay/labels/sign"
	"github.com/assay-iot/assay/labels/verify"
)

// pdfLabel renders a signed label, and gives options that render each statement
// once.
func pdfLabel(t testing.TB) (data, bundle []byte, ks []verify.Key, o verify.Options) {
	t.Helper()
	key, s := labeltest.Key(), labeltest.Statement(t)
	bundle = labeltest.Bundle(t, key, s)
	data, err := pdf.Render(s, bundle, nil, picture.Default)
	if err != nil {
		t.Fatal(err)
	}
	o = today()
	drawn := map[string][]byte{}
	o.Render = func(s *labels.Statement, bundle, code []byte, variant string) ([]byte, error) {
		if drawn[string(bundle)+variant] == nil {
			again, err := pdf.Again(s, bundle, code, variant)
			if err != nil {
				return nil, err
			}
			drawn[string(bundle)+variant] = again
		}
		return drawn[string(bundle)+variant], nil
	}
	return data, bundle, keys(t, key.Public()), o
}

func mustPDF(t testing.TB, data []byte, ks []verify.Key, o verify.Options) *verify.Report {
	t.Helper()
	r, err := verify.File(data, ks, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPDF(t *testing.T) {
	data, bundle, ks, o := pdfLabel(t)
	if got, _, err := verify.Extract(data); err != nil || !bytes.Equal(got, bundle) {
		t.Fatalf("the bundle does not come out: %v", err)
	}
	r := mustPDF(t, data, ks, o)
	if r.Status != verify.Valid || r.Picture != verify.PictureSame {
		t.Errorf("%s, %s: %s", r.Status, r.Picture, r.Summary)
	}
	o.AsOf = "2030-01-01"
	if r := mustPDF(t, data, ks, o); r.Status != verify.Expired || r.Picture != verify.PictureSame {
		t.Errorf("expired: %s, %s", r.Status, r.Picture)
	}
	if r := mustPDF(t, data, keys(t, newECDSA(t, elliptic.P256()).Public()), o); r.Status != verify.NotAuthentic {
		t.Errorf("another key: %s", r.Summary)
	}
}

func TestPictureNotCompared(t *testing.T) {
	data, _, ks, o := pdfLabel(t)
	for name, render := range map[string]func(*labels.Statement, []byte, []byte, string) ([]byte, error){
		"no renderer": nil,
		"an unknown renderer": func(*labels.Statement, []byte, []byte, string) ([]byte, error) {
			return nil, fmt.Errorf("%w 9", labels.ErrUnknownRenderer)
		},
	} {
		o.Render = render
		r := mustPDF(t, data, ks, o)
		if r.Status != verify.CannotTell || r.Status.ExitCode() != 4 || r.Picture != verify.PictureNotCompared {
			t.Errorf("%s: %s, %s: %s", name, r.Status, r.Picture, r.Summary)
		}
		if strings.Contains(r.Summary, "NOT") {
			t.Errorf("%s is called forged: %s", name, r.Summary)
		}
	}
}

// The picture of one label over the signed data of another.
func TestPictureOfAnotherLabel(t *testing.T) {
	_, bundle, ks, o := pdfLabel(t)
	better := labeltest.Statement(t)
	better.Predicate.Product.SupportUntil = "2039-06-30"
	forged, err := pdf.Render(better, bundle, nil, picture.Default)
	if err != nil {
		t.Fatal(err)
	}
	r := mustPDF(t, forged, ks, o)
	if r.Status != verify.NotAuthentic || r.Picture != verify.PictureDiffers || r.Label != nil || !strings.Contains(r.Summary, "does not show what was signed") {
		t.Errorf("%s: %s", r.Status, r.Summary)
	}
}

func TestAppended(t *testing.T) {
	data, _, ks, o := pdfLabel(t)
	update := "9 0 obj\n<< >>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Prev 9 >>\nstartxref\n9\n%%EOF\n"
	for _, more := range []string{"\n", "x", "%%EOF\n", update, string(data)} {
		r := mustPDF(t, append(bytes.Clone(data), more...), ks, o)
		want := fmt.Sprintf("%d bytes were added behind the end of the label, at byte %d", len(more), len(data))
		if r.Status != verify.NotAuthentic || !strings.Contains(r.Summary, want) {
			t.Errorf("%.10q appended: %s", more, r.Summary)
		}
	}
}

// TestSealed: a PDF that is itself signed is so by the label's key, or it is
// rejected.
func TestSealed(t *testing.T) {
	key, s := newECDSA(t, elliptic.P256()), labeltest.Statement(t)
	bundle := labeltest.Bundle(t, key, s)
	page, err := pdf.Render(s, bundle, nil, picture.Default)
	if err != nil {
		t.Fatal(err)
	}
	o := today()
	o.Render = pdf.Again
	seal := func(k crypto.Signer) []byte {
		out, err := sign.PDF(k, s, page, sign.Seal{})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	own := seal(key)
	if r := mustPDF(t, own, keys(t, key.Public()), o); r.Status != verify.Valid || !r.Sealed || r.Picture != verify.PictureSame {
		t.Errorf("sealed by its issuer: %s, %v, %s", r.Status, r.Sealed, r.Summary)
	}
	for name, bad := range map[string][]byte{
		"sealed by somebody else": seal(newECDSA(t, elliptic.P256())),
		"a byte more":             append(bytes.Clone(own), '\n'),
		"sealed for another file": append(bytes.Clone(page[:200]), own[201:]...),
		"sealed twice":            append(bytes.Clone(own), own[len(page):]...),
	} {
		if r, err := verify.PDF(bad, keys(t, key.Public()), o); err == nil && r.Status != verify.NotAuthentic {
			t.Errorf("%s: %s", name, r.Summary)
		}
	}
	if r := mustPDF(t, page, keys(t, key.Public()), o); r.Status != verify.Valid || r.Sealed {
		t.Errorf("not sealed: %s, %v", r.Status, r.Sealed)
	}
}

// TestSealSaysTheIssuer: what readers of PDF show of the signature is what follows from the
// label, and no other name, place or mark, though the label's own key says so.
func TestSealSaysTheIssuer(t *testing.T) {
	key, s := newECDSA(t, elliptic.P256()), labeltest.Statement(t)
	page, err := pdf.Render(s, labeltest.Bundle(t, key, s), nil, picture.Default)
	if err != nil {
		t.Fatal(err)
	}
	says, err := s.Predicate.Seal()
	if err != nil {
		t.Fatal(err)
	}
	good := pades.Options{Name: says.Name, Reason: says.Reason, Time: says.From}
	own := func(name string, from, until time.Time) *x509.Certificate {
		c, err := pades.Certificate(key, name, from, until)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	// made is a certificate by the key itself, or by the root that change names.
	made := func(change func(*x509.Certificate)) *x509.Certificate {
		c := &x509.Certificate{SerialNumber: own(says.Name, says.From, says.Until).SerialNumber, Subject: pkix.Name{CommonName: says.Name}, NotBefore: says.From, NotAfter: says.Until}
		change(c)
		parent := *c
		if c.Issuer.CommonName != "" {
			parent.Subject = c.Issuer
		}
		der, err := x509.CreateCertificate(rand.Reader, c, &parent, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		c, err = x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	const no, perhaps = verify.NotAuthentic, verify.CannotTell
	for name, c := range map[string]struct {
		cert *x509.Certificate
		say  func(*pades.Options)
		want verify.Status
		says string
	}{
		"as it is made":           {own(says.Name, says.From, says.Until), nil, verify.Valid, ""},
		"another name on its own": {own("Body, approved by all", says.From, says.Until), nil, no, "Body, approved by all"},
		"a longer time":           {own(says.Name, says.From, says.Until.AddDate(9, 0, 0)), nil, no, "is not the one of"},
		"an organisation beside":  {made(func(c *x509.Certificate) { c.Subject.Organization = []string{"Another Body"} }), nil, no, "Another Body"},
		"an address beside":       {made(func(c *x509.Certificate) { c.EmailAddresses = []string{"ca@body.example"} }), nil, no, "is not the one of"},
		"another name":            {own(says.Name, says.From, says.Until), func(o *pades.Options) { o.Name = "Another Body" }, no, "Another Body"},
		"another reason":          {own(says.Name, says.From, says.Until), func(o *pades.Options) { o.Reason = "certifies level 4" }, no, "certifies level 4"},
		"another day":             {own(says.Name, says.From, says.Until), func(o *pades.Options) { o.Time = o.Time.AddDate(-1, 0, 0) }, no, "not what follows from the label"},
		"of an authority":         {made(func(c *x509.Certificate) { c.Issuer.CommonName = "Some Root" }), nil, verify.Valid, ""},
		"of an authority, with a legal form": {made(func(c *x509.Certificate) {
			c.Issuer.CommonName, c.Subject.Organization, c.Subject.Country = "Some Root", []string{says.Name + " & Co. KG"}, []string{"DE"}
		}), nil, verify.Valid, ""},
		"of an authority, of an organisation": {made(func(c *x509.Certificate) {
			c.Issuer.CommonName, c.Subject.Organization = "Some Root", []string{"Another Body"}
		}), nil, perhaps, "Another Body"},
		"of an authority, with a mark": {made(func(c *x509.Certificate) {
			c.Issuer.CommonName, c.Subject.OrganizationalUnit = "Some Root", []string{"approved by the BSI"}
		}), nil, perhaps, "approved by the BSI"},
		"of an authority, of another":  {made(func(c *x509.Certificate) { c.Issuer.CommonName, c.Subject.CommonName = "Some Root", "Another Body" }), nil, perhaps, `names "Another Body", and "Acme Devices GmbH" issued`},
		"of an authority, of controls": {made(func(c *x509.Certificate) { c.Issuer.CommonName, c.Subject.CommonName = "Some Root", "A\x1b[2J" }), nil, perhaps, `names "A\x1b[2J"`},
	} {
		o := good
		if c.say != nil {
			c.say(&o)
		}
		file, err := pades.Sign(page, key, []*x509.Certificate{c.cert}, o)
		if err != nil {
			t.Fatal(name, err)
		}
		options := today()
		options.Render = pdf.Again
		r := mustPDF(t, file, keys(t, key.Public()), options)
		text := &strings.Builder{}
		if err := r.Text(text); err != nil {
			t.Fatal(err)
		}
		if r.Status != c.want || !strings.Contains(text.String(), c.says) || strings.Contains(text.String(), "\x1b") {
			t.Errorf("%s: %s, want %s and %q\n%s", name, r.Status, c.want, c.says, text)
		}
	}
}

func TestTruncatedPDF(t *testing.T) {
	data, _, ks, o := pdfLabel(t)
	for n := 0; n < len(data); n += 1 + n/50 {
		if r, err := verify.PDF(data[:n], ks, o); err == nil && r.Status != verify.NotAuthentic {
			t.Fatalf("cut to %d bytes: %s", n, r.Summary)
		}
	}
}

func TestOtherFiles(t *testing.T) {
	_, _, ks, o := pdfLabel(t)
	for name, data := range map[string]string{
		"empty": "", "a text": "hello", "another PDF": "%PDF-1.4\n1 0 obj\n<< >>\nendobj\nxref\n0 1\n", "an image": "\x89PNG",
		"a huge PDF": "%PDF-" + strings.Repeat("0", verify.MaxPDF), "no line": "%PDF-1.7",
		"objects without end": "%PDF-1.7\n%\n" + strings.Repeat("1 0 obj\n\nendobj\n", 2000),
		"a length that lies":  "%PDF-1.7\n%\n1 0 obj\n<< /Type /EmbeddedFile /Length 99999999999 >>\nstream\n",
		"a negative length":   "%PDF-1.7\n%\n1 0 obj\n<< /Type /EmbeddedFile /Length -1 >>\nstream\n",
	} {
		if _, err := verify.File([]byte(data), ks, o); !errors.Is(err, labels.ErrNotLabel) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Any one byte changed, anywhere in the PDF: it never verifies. Where the
// bundle still comes out whole, the comparison with the page drawn again must
// catch it; that it does is shown for every 61st byte, and for the others it is
// the same comparison of the same two files.
func TestEveryByteOfThePDF(t *testing.T) {
	data, bundle, ks, o := pdfLabel(t)
	at := bytes.Index(data, bundle)
	for i := range data {
		data[i] ^= 1
		if got, _, err := verify.Extract(data); i >= at && i < at+len(bundle) && err == nil && bytes.Equal(got, bundle) {
			t.Fatalf("byte %d is in the bundle, but changes nothing", i)
		}
		if inBundle := i >= at && i < at+len(bundle); i%61 == 0 || inBundle && i%5 == 0 {
			if r, err := verify.PDF(data, ks, o); err == nil && r.Status != verify.NotAuthentic {
				t.Fatalf("byte %d flipped: %s", i, r.Summary)
			}
		}
		data[i] ^= 1
	}
	if r := mustPDF(t, data, ks, o); r.Status != verify.Valid {
		t.Fatal(r.Summary)
	}
}

func FuzzPDF(f *testing.F) {
	data, _, ks, o := pdfLabel(f)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add(append(bytes.Clone(data), '\n'))
	f.Add([]byte("%PDF-1.7\n%\n1 0 obj\n<< /Type /EmbeddedFile /Length 3 >>\nstream\nabc\nendstream\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000011 00000 n \n\nstartxref\n87\n%%EOF\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if got, _, err := verify.Extract(in); err == nil && !bytes.Contains(in, got) {
			t.Fatal("the bundle is not from the file")
		}
		r, err := verify.PDF(in, ks, o)
		if err == nil && r.Status == verify.Valid && !bytes.Equal(in, data) {
			t.Fatal("verifies, but was never made")
		}
	})
}

func BenchmarkVerifyPDF(b *testing.B) {
	data, _, ks, o := pdfLabel(b)
	o.Render = pdf.Again
	for b.Loop() {
		if r := mustPDF(b, data, ks, o); r.Status != verify.Valid {
			b.Fatal(r.Summary)
		}
	}
}

// Each variant is compared with itself; other words or another variant under the
// same name are not genuine, nor is one that the renderer never had: the name is
// not signed, the renderer is.
func TestVariants(t *testing.T) {
	_, bundle, ks, o := pdfLabel(t)
	s, better := labeltest.Statement(t), labeltest.Statement(t)
	better.Predicate.Product.SupportUntil = "2039-06-30"
	for _, v := range picture.Variants() {
		good, err := pdf.Render(s, bundle, nil, v)
		if err != nil {
			t.Fatal(err)
		}
		if r := mustPDF(t, good, ks, o); r.Status != verify.Valid || r.Picture != verify.PictureSame {
			t.Errorf("%s: %s, %s: %s", v, r.Status, r.Picture, r.Summary)
		}
		forged, err := pdf.Render(better, bundle, nil, v)
		if err != nil {
			t.Fatal(err)
		}
		if r := mustPDF(t, forged, ks, o); r.Status != verify.NotAuthentic || r.Picture != verify.PictureDiffers {
			t.Errorf("%s with another support end: %s: %s", v, r.Status, r.Summary)
		}
	}
	page, err := pdf.Render(s, bundle, nil, picture.Default)
	if err != nil {
		t.Fatal(err)
	}
	name := []byte("/LabelVariant (a5 en)")
	for other, want := range map[string]verify.Status{
		"/LabelVariant (a6 en)": verify.NotAuthentic, "/LabelVariant (a5 xx)": verify.NotAuthentic, "/LabelVariant (a5en )": verify.NotAuthentic,
		"/LabelVariant_(a5 en)": verify.NotAuthentic, "/LabelVariant (a5 en ": verify.NotAuthentic,
	} {
		changed := bytes.Replace(page, name, []byte(other), 1)
		if r := mustPDF(t, changed, ks, o); r.Status != want || r.Picture != verify.PictureDiffers {
			t.Errorf("%s: %s, %s: %s", other, r.Status, r.Picture, r.Summary)
		}
	}
}
