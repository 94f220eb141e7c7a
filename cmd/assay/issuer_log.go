package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels/log"
	"github.com/assay-iot/assay/labels/log/folder"
)

func (p *program) logCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "log",
		Short: "Keep a transparency log of labels, and prove that it holds one",
		Long: `Log keeps a list of the digests of labels that only grows (C2SP tlog-tiles), in a folder
of static files. Publish the folder, and nobody can issue a label in secret, or date one
back, without being found out: a trust policy may demand that a proof lies beside a label.

  assay issuer keys generate --algorithm ed25519 --out log
  assay issuer log new log/ --origin labels.body.example/log --key log.key
  assay issuer log append log/ label/label.sigstore.json --key log.key --prove
  assay verify label/label.pdf --trust trust.hcl

Put log/log.pub into the trust policy. Keep a copy of log/checkpoint elsewhere, and ask
now and then whether the log still goes on from it: assay issuer log check log/ --since COPY.`,
		Args: noArgs, RunE: help,
	}
	c.AddCommand(p.logNewCommand(), p.logAppendCommand(), p.logProveCommand(), p.logShowCommand(), p.logCheckCommand())
	return c
}

// logSigner opens the key of a log.
func (p *program) logSigner(ctx context.Context, f signerFlags, online bool) (*signer, error) {
	s, err := p.openLasting(ctx, f, online, "a log", "give the key of the log")
	if err != nil {
		return nil, err
	}
	if _, ok := s.key.Public().(ed25519.PublicKey); !ok {
		s.close()
		return nil, badInput("\"assay issuer keys generate --algorithm ed25519\" makes one", "a log is signed with an Ed25519 key (C2SP tlog-checkpoint), and this is another")
	}
	return s, nil
}

// checkpoints makes the signer of a log's checkpoints, and its verifier key.
func (s *signer) checkpoints(origin string) (note.Signer, string, error) {
	signs, err := log.Signer(s.key, origin)
	if err != nil {
		return nil, "", badInput("write a host and a path, as labels.body.example/log, without spaces and +", "%w", err)
	}
	public, _ := s.key.Public().(ed25519.PublicKey)
	return signs, log.VerifierKey(public, origin), nil
}

// openLog opens the log in a folder.
func openLog(dir string) (*folder.Log, string, error) {
	key, err := folder.Key(dir)
	if err != nil {
		return nil, "", logError(err)
	}
	l, err := folder.Open(dir, key)
	return l, key, logError(err)
}

func logError(err error) error {
	switch {
	case errors.Is(err, folder.ErrNotLog):
		return badInput("\"assay issuer log new\" makes one", "%w", err)
	case errors.Is(err, log.ErrNoEntry):
		return badInput("\"assay issuer log append\" puts it there", "%w", err)
	}
	return err
}

func (p *program) logNewCommand() *cobra.Command {
	var f signerFlags
	var origin string
	var online bool
	c := &cobra.Command{
		Use:   "new FOLDER",
		Short: "Make a new log",
		Long: `New makes an empty log and signs its first checkpoint. The origin is the log's name, which
stands in every proof and in trust policies: a host and a path of yours, without a scheme.
The key is one of Ed25519, of the log alone. FOLDER/log.pub is its public half in the form
that policies take.`,
		Example: "  assay issuer log new log/ --origin labels.body.example/log --key log.key",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := p.logSigner(c.Context(), f, online)
			if err != nil {
				return err
			}
			defer s.close()
			signs, key, err := s.checkpoints(origin)
			if err != nil {
				return err
			}
			if _, err := folder.Create(c.Context(), args[0], signs, key); errors.Is(err, fs.ErrExist) {
				return badInput("name a folder that is not there yet", "%w", err)
			} else if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.out, "%s  an empty log; its key, for trust policies, is in %s:\n%s\n", args[0], folder.KeyFile, key)
			return err
		},
	}
	f.addOnline(c, &online)
	c.Flags().StringVar(&origin, "origin", "", "`NAME` of the log, as labels.body.example/log")
	c.MarkFlagRequired("origin")
	return c
}

// appender is a log that is open to be added to. Close it; a nil one can be closed
// too.
type appender struct {
	log    *folder.Log
	signs  note.Signer
	signer *signer
}

func (a *appender) close() {
	if a != nil {
		a.signer.close()
	}
}

// openAppender opens a log with its own key.
func (p *program) openAppender(ctx context.Context, dir string, f signerFlags, online bool) (*appender, error) {
	l, key, err := openLog(dir)
	if err != nil {
		return nil, err
	}
	s, err := p.logSigner(ctx, f, online)
	if err != nil {
		return nil, err
	}
	signs, own, err := s.checkpoints(log.Name(key))
	if err == nil && own != key {
		err = badInput("give the key that the log was made with", "this is not the key of the log in %s", dir)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return &appender{l, signs, s}, nil
}

func (a *appender) append(ctx context.Context, digests ...folder.Digest) ([]*log.Proof, error) {
	return a.log.Append(ctx, a.signs, digests)
}

func (p *program) logAppendCommand() *cobra.Command {
	var f signerFlags
	var online, prove bool
	c := &cobra.Command{
		Use:   "append FOLDER LABEL...",
		Short: "Put labels into a log",
		Long: `Append puts the digests of labels (bundles or PDFs) into the log and signs a new checkpoint.
A label that is there already keeps its place. Killed at any moment, it is run again: what
was done stands there once.`,
		Args: func(c *cobra.Command, args []string) error { return asUsage(cobra.MinimumNArgs(2)(c, args)) },
		RunE: func(c *cobra.Command, args []string) error {
			names := args[1:]
			digests, err := labelDigests(names)
			if err != nil {
				return err
			}
			a, err := p.openAppender(c.Context(), args[0], f, online)
			if err != nil {
				return err
			}
			defer a.close()
			proofs, err := a.append(c.Context(), digests...)
			if err != nil {
				return logError(err)
			}
			for i, proof := range proofs {
				if prove {
					if err := writeFile(proofBeside(names[i]), proof.Marshal(), 0o644); err != nil {
						return err
					}
				}
				if _, err := fmt.Fprintf(p.out, "%8d  %s\n", proof.Index, names[i]); err != nil {
					return err
				}
			}
			return nil
		},
	}
	f.addOnline(c, &online)
	c.Flags().BoolVar(&prove, "prove", false, "write the proof beside each label, as label.tlog-proof")
	return c
}

// labelDigests gives what labels are known by.
func labelDigests(names []string) ([]folder.Digest, error) {
	var list []folder.Digest
	for _, name := range names {
		l, err := readLabel(name, "")
		if err != nil {
			return nil, err
		}
		digest, err := l.statement.Digest()
		if err != nil {
			return nil, err
		}
		entry, err := logEntry(digest)
		if err != nil {
			return nil, err
		}
		list = append(list, entry)
	}
	return list, nil
}

func logEntry(d assay.Digest) (entry folder.Digest, err error) {
	if n, err := hex.Decode(entry[:], []byte(d.Hex())); err != nil || n != len(entry) {
		return entry, fmt.Errorf("%q is no digest", d)
	}
	return entry, nil
}

func (p *program) logProveCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "prove FOLDER LABEL",
		Short: "Write the proof that the log holds a label (C2SP tlog-proof)",
		Long: `Prove writes the proof beside the label, as label.tlog-proof, where "assay verify" looks for
it. It needs no key: whoever has the folder of a log can prove what it holds.`,
		Args: func(c *cobra.Command, args []string) error { return asUsage(cobra.ExactArgs(2)(c, args)) },
		RunE: func(c *cobra.Command, args []string) error {
			digests, err := labelDigests(args[1:])
			if err != nil {
				return err
			}
			l, _, err := openLog(args[0])
			if err != nil {
				return err
			}
			proofs, err := l.Prove(c.Context(), digests)
			if err != nil {
				return logError(err)
			}
			if out == "" {
				out = proofBeside(args[1])
			}
			if err := writeFile(out, proofs[0].Marshal(), 0o644); err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.out, "%s  entry %d of %s\n", out, proofs[0].Index, proofs[0].Origin())
			return err
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "write the proof to this `FILE` (default: label.tlog-proof beside the label)")
	return c
}

// shownLog is what "log show" prints.
type shownLog struct {
	Origin  string     `json:"origin"`
	Key     string     `json:"key"`
	Size    int64      `json:"size"`
	Root    string     `json:"root"` // base64, as in the checkpoint
	Entries []logPlace `json:"entries"`
}

type logPlace struct {
	Index int          `json:"index"`
	Label assay.Digest `json:"label"`
}

func (p *program) logShowCommand() *cobra.Command {
	var formats []string
	c := &cobra.Command{
		Use:   "show FOLDER",
		Short: "Show a log: its size, its root, the digests of its labels",
		Args:  oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			outputs, err := parseFormats(formats, []string{"table", "json"})
			if err != nil {
				return err
			}
			l, key, err := openLog(args[0])
			if err != nil {
				return err
			}
			shown, err := showLog(c.Context(), l, key)
			if err != nil {
				return err
			}
			return p.show(outputs, shown, shown.text)
		},
	}
	c.Flags().StringArrayVar(&formats, "format", []string{"table"}, "output as `KIND[=PATH]`: table json; repeatable")
	return c
}

func showLog(ctx context.Context, l *folder.Log, key string) (*shownLog, error) {
	shown := &shownLog{Origin: log.Name(key), Key: key, Entries: []logPlace{}}
	c, err := l.Checkpoint()
	if err != nil || c == nil {
		return shown, err
	}
	shown.Size, shown.Root = c.Size, c.Root.String()
	list, err := l.Entries(ctx)
	for i, d := range list {
		shown.Entries = append(shown.Entries, logPlace{i, assay.SHA256(d)})
	}
	return shown, err
}

func (s *shownLog) text(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "%s: %d labels\nroot %s\nkey  %s\n", s.Origin, s.Size, s.Root, s.Key); err != nil {
		return err
	}
	for _, e := range s.Entries {
		if _, err := fmt.Fprintf(w, "  %8d  %s\n", e.Index, e.Label); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) logCheckCommand() *cobra.Command {
	var since []string
	c := &cobra.Command{
		Use:   "check FOLDER",
		Short: "Check that a log is whole, and that it goes on from an older checkpoint",
		Long: `Check reads the whole log: its entries give the root that its checkpoint names, and every
entry can be proved. With --since it also checks that an older checkpoint, or the one in a
proof, is a beginning of this log: that nothing was taken out, changed or put between.

Exit codes: 0 it is whole and goes on · 3 it does not.`,
		Args: oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			l, key, err := openLog(args[0])
			if err != nil {
				return err
			}
			older, err := olderCheckpoints(since, key)
			if err != nil {
				return err
			}
			found, err := l.Check(c.Context(), older...)
			switch {
			case errors.Is(err, folder.ErrDamaged), errors.Is(err, folder.ErrForked), errors.Is(err, log.ErrKey), errors.Is(err, log.ErrFormat):
				return &codedError{code: exitNo, err: err, fix: "ask its keeper; restore it from a copy that goes on from the checkpoint"}
			case err != nil:
				return logError(err)
			}
			return p.logIsWhole(args[0], found, older)
		},
	}
	c.Flags().StringArrayVar(&since, "since", nil, "older checkpoint or proof `FILE` from which the log must go on; repeatable")
	return c
}

func (p *program) logIsWhole(name string, found *folder.Checked, older []*log.Checkpoint) error {
	fmt.Fprintf(p.out, "%s: %s, whole: every one is proved\n", name, count(int(found.Checkpoint.Size), "label"))
	for _, c := range older {
		fmt.Fprintf(p.out, "it goes on from the checkpoint of %d\n", c.Size)
	}
	if found.Twice > 0 {
		fmt.Fprintf(p.out, "note: %d of them stand there more than once\n", found.Twice)
	}
	return nil
}

// olderCheckpoints reads checkpoints, also those that proofs hold.
func olderCheckpoints(names []string, key string) (list []*log.Checkpoint, err error) {
	for _, name := range names {
		data, err := readLimited(name, log.MaxProof)
		if err != nil {
			return nil, err
		}
		if bytes.HasPrefix(data, []byte("c2sp.org/tlog-proof")) {
			proof, err := log.Parse(data)
			if err != nil {
				return nil, badInput("give a proof or a checkpoint of this log", "--since %s: %w", name, err)
			}
			data = proof.Checkpoint
		}
		c, err := log.OpenCheckpoint(data, key)
		if err != nil {
			return nil, &codedError{code: exitNo, err: fmt.Errorf("--since %s: %w", name, err), fix: "give a proof or a checkpoint of this log"}
		}
		list = append(list, c)
	}
	return list, nil
}
