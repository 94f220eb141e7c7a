package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/log"
	"github.com/assay-iot/assay/labels/picture"
	"github.com/assay-iot/assay/labels/picture/words"
	"github.com/assay-iot/assay/labels/verify"
)

// proofEnding ends the name of a log proof.
const proofEnding = ".tlog-proof"

// proofBeside names the log proof beside a label, the same for all its forms:
// label.tlog-proof beside label.sigstore.json, label.pdf, label.de.a6.pdf and .png,
// label.cose, label.txt and qr.png, the code alone.
func proofBeside(label string) string {
	folder, name := filepath.Split(label)
	for _, ending := range []string{".sigstore.json", ".pdf", ".png", ".cose", ".txt"} {
		if cut, ok := strings.CutSuffix(name, ending); ok {
			name = cut
			break
		}
	}
	for ext := filepath.Ext(name); len(ext) > 1 && isVariant(ext[1:]); ext = filepath.Ext(name) {
		name = strings.TrimSuffix(name, ext)
	}
	if name == "qr" {
		name = "label"
	}
	return folder + name + proofEnding
}

func isVariant(s string) bool {
	return slices.Contains(picture.Formats(), picture.Format(s)) || words.Of(words.Language(s)) != nil
}

// logProofs reads the proofs that are named, or else the one beside the label, if
// there is one.
func logProofs(label string, named []string) (proofs [][]byte, err error) {
	if len(named) == 0 {
		beside := proofBeside(label)
		if _, err := os.Lstat(beside); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		named = []string{beside}
	}
	if len(named) > verify.MaxProofs {
		return nil, badInput("name fewer", "%d log proofs, more than %d", len(named), verify.MaxProofs)
	}
	for _, name := range named {
		data, err := readLimited(name, log.MaxProof)
		if err != nil {
			return nil, err
		}
		proofs = append(proofs, data)
	}
	return proofs, nil
}

// logFlags say into which log labels are put.
type logFlags struct{ log, logKey, logPassphraseFile string }

func (f *logFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.log, "log", "", "put the label into the transparency log in this `FOLDER` (\"assay issuer log new\") and its proof beside it")
	c.Flags().StringVar(&f.logKey, "log-key", "", "with --log: private key `FILE` of the log, or its address, as for --signer")
	c.Flags().StringVar(&f.logPassphraseFile, "log-passphrase-file", "", "`FILE` that holds the passphrase of the log's key (default: ask)")
}

// openLogOf opens the log that labels are put into; nil if there is none.
func (p *program) openLogOf(ctx context.Context, f logFlags, online bool) (*appender, error) {
	if (f.log != "") != (f.logKey != "") {
		return nil, badInput("say --log FOLDER --log-key FILE", "--log and --log-key go together: a log has a key of its own")
	}
	if f.log == "" {
		return nil, nil
	}
	return p.openAppender(ctx, f.log, signerFlags{signer: f.logKey, passphraseFile: f.logPassphraseFile, passphraseFD: -1, rekorVersion: 1}, online)
}

// logged puts a label into the log, if there is one, and gives the proof. It does
// so before anything is published: a label in the log that nobody has seen is
// legal, the reverse is what logs are against.
func (p *program) logged(ctx context.Context, a *appender, s *labels.Statement, t *trustPolicy) ([]byte, error) {
	if a == nil {
		if t != nil && t.demandsLog(s.Predicate.Issuer.Name) {
			fmt.Fprintln(p.err, "note: the trust policy demands a log proof: \"assay issuer log append\" gives one, or --log")
		}
		return nil, nil
	}
	digest, err := s.Digest()
	if err != nil {
		return nil, err
	}
	entry, err := logEntry(digest)
	if err != nil {
		return nil, err
	}
	proofs, err := a.append(ctx, entry)
	if err != nil {
		return nil, logError(err)
	}
	return proofs[0].Marshal(), nil
}

// demandsLog reports whether the policy demands log proofs of an issuer's labels.
func (t *trustPolicy) demandsLog(issuer string) bool {
	for _, i := range t.policy.Issuers {
		if labels.SameName(i.Display, issuer) {
			return i.Require.Log > 0
		}
	}
	return false
}
