package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/demo"
	"github.com/assay-iot/assay/labels/sign"
	"github.com/assay-iot/assay/labels/sign/keyless"
)

// signerFlags say who signs.
type signerFlags struct {
	key, signer    string
	passphraseFile string
	passphraseFD   int
	demo           bool
	tsa            string
	fulcio, rekor  string
	rekorVersion   uint32
	certificate    string // of the signer, for the signature of PDFs
}

func (f *signerFlags) add(c *cobra.Command) {
	f.addKey(c)
	c.Flags().StringVar(&f.fulcio, "fulcio", "", "with --signer keyless: `URL` of the certification authority (default: Sigstore's)")
	c.Flags().StringVar(&f.rekor, "rekor", "", "with --signer keyless: `URL` of the transparency log (default: Sigstore's)")
	c.Flags().Uint32Var(&f.rekorVersion, "rekor-version", 1, "with --signer keyless: `VERSION` of the log, 1 or 2")
}

// addKey adds what a signer with a key needs.
func (f *signerFlags) addKey(c *cobra.Command) {
	c.Flags().StringVar(&f.signer, "signer", "", "who signs: a private key `FILE`, an address such as hashivault://KEY or pkcs11://TOKEN/KEY, or keyless (in a GitHub workflow)")
	c.Flags().StringVar(&f.key, "key", "", "private key `FILE` of the issuer, in Sigstore's encrypted form; the same as --signer FILE")
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", "`FILE` that holds the key's passphrase (default: ask)")
	c.Flags().IntVar(&f.passphraseFD, "passphrase-fd", -1, "read the key's passphrase from this open file `NUMBER`")
	c.Flags().StringVar(&f.tsa, "tsa", "", "put a timestamp of the authority at this `URL` beside the signature, and into that of PDFs (RFC 3161); needs --online")
}

// addOnline adds what a command needs that does nothing but sign.
func (f *signerFlags) addOnline(c *cobra.Command, online *bool) {
	f.add(c)
	c.Flags().BoolVar(online, "online", false, "let the signer use the network")
}

// addCertificate adds what the signature of a PDF can hold besides.
func (f *signerFlags) addCertificate(c *cobra.Command) {
	c.Flags().StringVar(&f.certificate, "certificate", "", "certificates of the signer in PEM, for the signature of the PDF: `FILE` with the one of its key first, then each that certifies the one before (default: the key certifies itself)")
}

// keylessSigner is the value of --signer that needs no key.
const keylessSigner = "keyless"

// who is the one signer that is named; an error if it is none or several.
func (f *signerFlags) who() (string, error) {
	named := 0
	for _, given := range []bool{f.key != "", f.signer != "", f.demo} {
		if given {
			named++
		}
	}
	if named != 1 {
		return "", badInput("give --signer FILE, the issuer's private key, or --demo", "a label is signed by one signer: --signer, --key or --demo")
	}
	if f.passphraseFile != "" && f.passphraseFD >= 0 {
		return "", badInput("give one of them", "the passphrase cannot come from --passphrase-file and --passphrase-fd")
	}
	if f.rekorVersion != 1 && f.rekorVersion != 2 {
		return "", badInput("give 1 or 2", "--rekor-version %d", f.rekorVersion)
	}
	return f.key + f.signer, nil
}

// wires reports what the signer needs the network for; empty if for nothing. What
// a plug-in does is its own.
func (f *signerFlags) wires(who string) string {
	switch name, _, _ := strings.Cut(who, "://"); {
	case who == keylessSigner:
		return "--signer keyless"
	case name == "hashivault", name == "openbao":
		return "--signer " + name + "://"
	case f.tsa != "":
		return "--tsa"
	}
	return ""
}

// seal is what stands beside the key in the signature of a PDF that is issued on
// a day.
func (f *signerFlags) seal(s *signer, day string) (seal sign.Seal, err error) {
	if s.tsa {
		seal.Timestamp = func(message []byte) ([]byte, error) {
			answer, err := s.helper.stamp(message)
			if err != nil {
				return nil, err
			}
			return sign.Token(answer)
		}
	}
	if f.certificate == "" {
		return seal, nil
	}
	file, err := readLimited(f.certificate, 64<<10)
	if err != nil {
		return seal, err
	}
	if s.key == nil {
		return seal, badInput("leave --certificate out", "--signer keyless signs no PDF")
	}
	if seal.Chain, err = sign.Chain(file, s.key.Public(), day); err != nil {
		err = badInput("name the certificates of the key that signs, its own first", "--certificate %s: %w", f.certificate, err)
	}
	return seal, err
}

// signer signs labels and assessments. Close it; a nil one can be closed too.
type signer struct {
	key    crypto.Signer // nil if keyless
	helper *helper       // nil if all of it is done in this process
	tsa    bool
}

func (s *signer) close() {
	if s != nil {
		s.helper.close()
	}
}

// openSigner opens the signer before any work is done, and before the process
// gives its rights away.
func (p *program) openSigner(ctx context.Context, f signerFlags, online bool) (*signer, error) {
	who, err := f.who()
	if err != nil {
		return nil, err
	}
	if what := f.wires(who); what != "" && !online {
		return nil, badInput("add --online", "%s needs the network", what)
	}
	s := &signer{tsa: f.tsa != "" && who != keylessSigner}
	if who == keylessSigner || sign.IsAddress(who) || s.tsa {
		if s.helper, err = p.startHelper(ctx, f.helperConfig(who)); err != nil {
			return nil, err
		}
	}
	switch {
	case who == keylessSigner:
	case sign.IsAddress(who):
		s.key, err = s.helper.open()
	default:
		s.key, err = p.keyFile(ctx, who, f)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// openLasting opens a signer with a key that lasts, for what is signed again and again.
func (p *program) openLasting(ctx context.Context, f signerFlags, online bool, what, fix string) (*signer, error) {
	s, err := p.openSigner(ctx, f, online)
	if err != nil {
		return nil, err
	}
	if s.key == nil {
		s.close()
		return nil, badInput(fix, "%s is signed with a key that lasts, not with --signer keyless", what)
	}
	return s, nil
}

// suits gives the id of the key that signs labels, empty if none lasts, and tells what
// speaks against it: a log is a witness only if its key is its own.
func (p *program) suits(s *signer, logged *appender) (string, error) {
	if s.key == nil {
		return "", nil
	}
	id, err := labels.KeyID(s.key.Public())
	if _, ok := s.key.Public().(ed25519.PublicKey); !ok || err != nil {
		return id, err
	}
	if logged != nil {
		if log, err := labels.KeyID(logged.signer.key.Public()); err != nil || log == id {
			return "", badInput("sign with the issuer's key, and keep this one for the log alone", "--signer and --log-key are one key: who issues a label and who logs it must be two")
		}
	}
	fmt.Fprintln(p.err, "note: this is an Ed25519 key, as \"assay issuer keys generate --algorithm ed25519\" makes them for logs: some phones cannot check it, and a log's key should sign nothing else; without --algorithm it makes one for labels")
	return id, nil
}

func (f *signerFlags) helperConfig(who string) helperConfig {
	c := helperConfig{TSA: f.tsa}
	if sign.IsAddress(who) {
		c.Address = who
	}
	if who == keylessSigner {
		s := keyless.Public()
		c.Keyless = &s
		for _, o := range []struct {
			given string
			to    *string
		}{{f.fulcio, &s.Fulcio}, {f.rekor, &s.Rekor}, {f.tsa, &s.TSA}} {
			if o.given != "" {
				*o.to = o.given
			}
		}
		s.RekorVersion = f.rekorVersion
	}
	return c
}

// keyFile opens a private key file, or the published demo key.
func (p *program) keyFile(ctx context.Context, name string, f signerFlags) (crypto.Signer, error) {
	if f.demo {
		return sign.LoadKey(demo.PrivateKey, []byte(demo.Passphrase))
	}
	file, err := readLimited(name, 64<<10)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, badInput("\"assay issuer keys generate\" makes one", "--key: %w", err)
	} else if err != nil {
		return nil, err
	}
	from := f.passphraseFile
	if f.passphraseFD >= 0 {
		from = fmt.Sprintf("/dev/fd/%d", f.passphraseFD)
	}
	passphrase, err := p.passphrase(ctx, from, false)
	if err != nil {
		return nil, err
	}
	key, err := sign.LoadKey(file, passphrase)
	if err != nil {
		return nil, badInput("give the issuer's key and its passphrase", "--key %s: %w", name, err)
	}
	return key, nil
}

// label signs a label.
func (s *signer) label(st *labels.Statement) ([]byte, error) {
	if s.key == nil {
		if err := st.Validate(); err != nil {
			return nil, err
		}
		return s.keyless(st.Payload)
	}
	bundle, err := sign.Statement(s.key, st)
	if err != nil {
		return nil, err
	}
	return s.stamp(bundle)
}

// assessment signs an assessment.
func (s *signer) assessment(a *labels.Attestation) ([]byte, error) {
	if s.key == nil {
		if err := a.Validate(); err != nil {
			return nil, err
		}
		return s.keyless(a.Payload)
	}
	bundle, err := sign.Attestation(s.key, a)
	if err != nil {
		return nil, err
	}
	return s.stamp(bundle)
}

func (s *signer) keyless(payload func() ([]byte, error)) ([]byte, error) {
	data, err := payload()
	if err != nil {
		return nil, err
	}
	return s.helper.keyless(data)
}

// stamp puts the timestamp that was asked for beside the signature.
func (s *signer) stamp(bundle []byte) ([]byte, error) {
	if !s.tsa {
		return bundle, nil
	}
	b, err := labels.ParseAttestationBundle(bundle)
	if err != nil {
		return nil, err
	}
	der, err := s.helper.stamp(b.Envelope.Signatures[0].Sig)
	if err != nil {
		return nil, err
	}
	return sign.Stamped(bundle, der)
}
