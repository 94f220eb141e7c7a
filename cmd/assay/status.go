package main

import (
	"crypto"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/pdf"
	"github.com/assay-iot/assay/labels/status"
	"github.com/assay-iot/assay/labels/status/ledger"
	"github.com/assay-iot/assay/labels/verify"
)

func (p *program) statusCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "status",
		Short: "Keep the status list of labels: revoke, suspend, supersede",
		Long: `Status keeps a ledger, a file in which every change of every label's status stands, and
signs from it the list that verifiers ask:

  assay issuer status new 2026.ledger --list https://body.example/status/2026 --address https://body.example/labels
  assay label camera/ --key issuer.key --address https://body.example/labels --status 2026.ledger --out label
  assay issuer status set 2026.ledger revoked --label label/label.sigstore.json --key issuer.pub --why "key was leaked"
  assay issuer status sign 2026.ledger --key issuer.key --out 2026.status

Publish the signed list at its address, and sign it again before it expires, changed or
not: a label whose list is too old is not called valid.`,
		Args: noArgs, RunE: help,
	}
	c.AddCommand(p.statusNewCommand(), p.statusSetCommand(), p.statusShowCommand(), p.statusSignCommand())
	return c
}

func (p *program) statusNewCommand() *cobra.Command {
	var list, address string
	var size int
	c := &cobra.Command{
		Use:   "new LEDGER",
		Short: "Make the ledger of a new status list",
		Args:  oneArg,
		RunE: func(_ *cobra.Command, args []string) error {
			issuer, err := compact.IssuerAt(address)
			if err != nil {
				return badInput("give the issuer's address, as its labels have it: --address https://body.example/labels", "--address: %w", err)
			}
			if !labels.IsPlainAddress(list) {
				return badInput("give the address at which the signed list will lie: --list https://body.example/status/2026",
					"--list %q is not a plain https address of at most %d characters", list, labels.MaxAddr)
			}
			if other := ledger.SameList(args[0], list); other != "" && filepath.Clean(other) != filepath.Clean(args[0]) {
				return badInput("take the places in that one (assay label --status), or give this list another address", "%s is the ledger of the list %s: a second one would forget what stands there", other, list)
			}
			err = ledger.Create(args[0], ledger.Head{Created: p.now, List: list, Issuer: issuer, Size: size})
			if errors.Is(err, os.ErrExist) {
				return badInput("give another name; a ledger is never written anew", "%s is already there", args[0])
			} else if err != nil {
				return badInput("see \"assay issuer status new --help\"", "%w", err)
			}
			if size < ledger.DefaultSize {
				fmt.Fprintf(p.err, "note: who asks for a list of %d places tells which label it may be about; leave --size out, and there are %d\n", size, ledger.DefaultSize)
			}
			_, err = fmt.Fprintf(p.out, "%s  a status list of %d places at %s, for labels of %s\n", args[0], size, list, issuer)
			return err
		},
	}
	c.Flags().StringVar(&list, "list", "", "https `ADDRESS` at which the signed list will lie; labels name it")
	c.Flags().StringVar(&address, "address", "", "https `ADDRESS` of the issuer, as its labels have it")
	c.Flags().IntVar(&size, "size", ledger.DefaultSize, "`NUMBER` of places; many, so that nobody learns which label is asked about")
	return c
}

// openLedger opens a ledger to write to it, and waits a while if another
// program does.
func openLedger(name string) (*ledger.Ledger, error) {
	for try := 0; ; try++ {
		l, err := ledger.Open(name)
		if !errors.Is(err, ledger.ErrLocked) || try == 100 {
			return l, ledgerError(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func ledgerError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrNotExist):
		return badInput("\"assay issuer status new\" makes one", "%w", err)
	case errors.Is(err, ledger.ErrLost):
		return badInput("a line was taken out, or this is no whole copy: restore the ledger from a copy that holds all", "%w", err)
	case errors.Is(err, ledger.ErrNotLedger):
		return badInput("give a ledger that \"assay issuer status new\" has made", "%w", err)
	case errors.Is(err, ledger.ErrPlace), errors.Is(err, ledger.ErrFinal):
		return badInput("\"assay issuer status show\" lists the labels and their status", "%w", err)
	case errors.Is(err, ledger.ErrFull):
		return badInput("make another list with \"assay issuer status new\"", "%w", err)
	case errors.Is(err, ledger.ErrClock):
		return badInput("set the clock right", "%w", err)
	}
	return err
}

// ledgerOf demands that a ledger is that of the issuer at an address.
func ledgerOf(name string, l *ledger.Ledger, address string) error {
	if issuer, err := compact.IssuerAt(address); err != nil || issuer != l.Issuer {
		return badInput("give the address that the ledger was made for, or another ledger",
			"--status %s is the list of %s, the label's issuer is at %q", name, l.Issuer, address)
	}
	return nil
}

func (p *program) statusSetCommand() *cobra.Command {
	var label, why, policy string
	var keys []string
	var index int
	c := &cobra.Command{
		Use:   "set LEDGER valid|revoked|suspended|superseded",
		Short: "Change the status of a label",
		Long: `Set writes a change into the ledger. It reaches those who verify when the list is signed
again and published. Revoked is for good; suspended and superseded can be taken back.

A label says itself which place it has, so --label is believed only if it is genuine by
--key or --trust: a forged one could name the place of another.`,
		Args: func(c *cobra.Command, args []string) error { return asUsage(cobra.ExactArgs(2)(c, args)) },
		RunE: func(c *cobra.Command, args []string) error {
			var v status.Value
			if err := v.UnmarshalText([]byte(args[1])); err != nil {
				return badInput("write: assay issuer status set LEDGER revoked --label label.sigstore.json --key issuer.pub", "%w", err)
			}
			l, err := openLedger(args[0])
			if err != nil {
				return err
			}
			defer l.Close()
			place := index
			if label != "" {
				place, err = p.placeOf(l, label, keys, policy)
			}
			if err != nil {
				return err
			}
			if err := l.Set(place, v, why, p.now); err != nil {
				return ledgerError(err)
			}
			id, _ := l.LabelAt(place)
			if others := l.Others(place); len(others) > 0 {
				fmt.Fprintf(p.err, "note: there is more than one label of the assessment of %s, and the places %v are not %s: set them too (--index), or the others stay as they are\n", report.Clean(id), others, v)
			}
			_, err = fmt.Fprintf(p.out, "place %d, of the label %s, is %s. Now sign the list and publish it.\n", place, report.Clean(id), v)
			return err
		},
	}
	c.Flags().StringVar(&label, "label", "", "bundle, PDF or QR text `FILE` of the label")
	c.Flags().IntVar(&index, "index", -1, "place `NUMBER` of the label in the list")
	c.Flags().StringArrayVar(&keys, "key", nil, "with --label: public key `FILE` of the issuer (PEM); repeatable")
	c.Flags().StringVar(&policy, "trust", "", "with --label: trust policy or signed trust list `FILE`, for labels signed in a workflow")
	c.Flags().StringVar(&why, "why", "", "`REASON`, for the ledger only")
	c.MarkFlagsMutuallyExclusive("label", "index")
	c.MarkFlagsOneRequired("label", "index")
	return c
}

// placeOf is the place of a label that is genuine, and that the ledger knows at that
// place.
func (p *program) placeOf(l *ledger.Ledger, label string, keys []string, policy string) (int, error) {
	data, err := readLimited(label, maxLabelFile)
	if err != nil {
		return 0, err
	}
	place, err := verify.Place(data)
	switch {
	case err != nil:
		return 0, badInput("give a label.sigstore.json, label.pdf or label.cose", "--label %s: %w", label, err)
	case place == nil:
		return 0, badInput("a label issued without --status cannot be withdrawn", "%s has no place in a status list", label)
	case place.List != l.List:
		return 0, badInput("give the ledger of that list", "%s stands in the list %s, not in %s", label, place.List, l.List)
	case len(keys) == 0 && policy == "":
		return 0, badInput("give the issuer's public key: --key issuer.pub, or --trust; or the place itself: --index NUMBER (\"assay issuer status show\" lists them)",
			"nobody has verified %s: a forged label could name the place of another", label)
	}
	r, trusted, err := p.genuine(data, keys, policy)
	var coded *codedError
	switch {
	case errors.As(err, &coded):
		return 0, err
	case errors.Is(err, verify.ErrNeedsWitness):
		return 0, badInput("give --trust trust.hcl", "--label %s: %w", label, err)
	case err != nil:
		return 0, badInput("give a label.sigstore.json, label.pdf or label.cose", "--label %s: %w", label, err)
	case r.Status == verify.NotAuthentic:
		return 0, &codedError{code: exitNo, err: fmt.Errorf("nothing is changed: %s", r.Summary), fix: "give the genuine label, or its place: --index NUMBER"}
	}
	switch id, key := l.LabelAt(place.Index); {
	case r.Label != nil && r.Label.ID != id:
		return 0, badInput("\"assay issuer status show\" lists the labels and their places",
			"%s is the label %q; the ledger knows %q at place %d", label, r.Label.ID, id, place.Index)
	case r.Key != key && !trusted.isOf(r.Issuer, key):
		return 0, badInput("\"assay issuer status show\" lists the labels and their places",
			"%s is signed with another key than the label that has the place %d", label, place.Index)
	}
	return place.Index, nil
}

// genuine verifies a label's signature, and asks for nothing else. It gives the trust
// policy, if one is named.
func (p *program) genuine(data []byte, keys []string, policy string) (r *verify.Report, t *trustPolicy, err error) {
	trusted, err := trustedKeys(keys)
	if err != nil {
		return nil, nil, err
	}
	o := verify.Options{AsOf: p.now.Format(time.DateOnly), Now: p.now, NoStatus: true, Render: pdf.Again, AllowDemo: true}
	if policy != "" {
		if t, err = p.loadTrust(policy); err != nil {
			return nil, nil, err
		}
		trusted = append(trusted, t.policy.Keys()...)
		o.Trust, o.Witness, o.Logs = t.judge(), t.witness(), t.policy.LogKeys()
	}
	r, err = verify.File(data, trusted, o)
	return r, t, err
}

func (p *program) statusShowCommand() *cobra.Command {
	var on string
	var formats []string
	c := &cobra.Command{
		Use:   "show LEDGER [INDEX]",
		Short: "Show the labels of a list, their status and every change",
		Args:  func(c *cobra.Command, args []string) error { return asUsage(cobra.RangeArgs(1, 2)(c, args)) },
		RunE: func(_ *cobra.Command, args []string) error {
			outputs, err := parseFormats(formats, []string{"table", "json"})
			if err != nil {
				return err
			}
			day, err := p.asOf(on)
			if err != nil {
				return err
			}
			l, err := ledger.Read(args[0])
			if err != nil {
				return ledgerError(err)
			}
			only := -1
			if len(args) == 2 {
				if only, err = strconv.Atoi(args[1]); err != nil {
					return badInput("give the number of a place", "%q is no number", args[1])
				}
				if _, taken := l.At(only); !taken {
					return badInput("\"assay issuer status show LEDGER\" lists them", "no label has the place %d", only)
				}
			}
			shown := ledgerView(l, only, day)
			return p.show(outputs, shown, shown.text)
		},
	}
	c.Flags().StringVar(&on, "on", "", "the status at the end of this `DATE` (default: today)")
	c.Flags().StringArrayVar(&formats, "format", []string{"table"}, "output as `KIND[=PATH]`: table json; repeatable")
	return c
}

// shownLedger is what "status show" prints.
type shownLedger struct {
	List   string         `json:"list"`
	Issuer string         `json:"issuer"`
	Size   int            `json:"size"`
	On     string         `json:"on"`
	Labels []shownLabel   `json:"labels"`
	Log    []ledger.Event `json:"log"`
}

type shownLabel struct {
	Index  int          `json:"index"`
	Label  string       `json:"label"`
	Status status.Value `json:"status"`
}

func ledgerView(l *ledger.Ledger, only int, day time.Time) *shownLedger {
	end := day.AddDate(0, 0, 1)
	s := &shownLedger{List: l.List, Issuer: l.Issuer, Size: l.Size, On: day.Format(time.DateOnly), Labels: []shownLabel{}, Log: []ledger.Event{}}
	at := map[int]int{}
	for _, e := range l.Events {
		if !e.Time.Before(end) || only >= 0 && (e.Index != only || e.Until != nil) {
			continue
		}
		s.Log = append(s.Log, e)
		switch {
		case e.Until != nil:
		case e.Set == nil:
			at[e.Index] = len(s.Labels)
			s.Labels = append(s.Labels, shownLabel{Index: e.Index, Label: e.Label})
		default:
			s.Labels[at[e.Index]].Status = *e.Set
		}
	}
	return s
}

func (s *shownLedger) text(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "%s, of %s: %d of %d places taken on %s\n\n", s.List, s.Issuer, len(s.Labels), s.Size, s.On); err != nil {
		return err
	}
	for _, l := range s.Labels {
		if _, err := fmt.Fprintf(w, "  %8d  %-10s  %s\n", l.Index, l.Status, report.Clean(l.Label)); err != nil {
			return err
		}
	}
	for _, e := range s.Log {
		if _, err := fmt.Fprintf(w, "\n  %s  %s", e.Time.Format(time.RFC3339), eventText(e)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}

func eventText(e ledger.Event) string {
	switch {
	case e.Until != nil:
		return "list signed, until " + e.Until.Format(time.RFC3339)
	case e.Set == nil:
		return fmt.Sprintf("place %d for label %s", e.Index, report.Clean(e.Label))
	case e.Why == "":
		return fmt.Sprintf("place %d set to %s", e.Index, *e.Set)
	}
	return fmt.Sprintf("place %d set to %s: %s", e.Index, *e.Set, report.Clean(e.Why))
}

func (p *program) statusSignCommand() *cobra.Command {
	var f signerFlags
	var out string
	var online bool
	var life, ttl int
	c := &cobra.Command{
		Use:   "sign LEDGER",
		Short: "Sign the list as it is now",
		Long: `Sign makes the signed list that verifiers ask: a Token Status List in CWT form, media
type application/statuslist+cwt. Use the key of the labels, or one of the same issuer.
Labels are called valid by it until it expires, so sign again before.`,
		Args: oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			if life < 1 || life > status.MaxDays || ttl < 0 || ttl > life {
				return badInput("write --days 7", "a list lives 1 to %d days (--days), and a copy of it is kept no longer (--keep)", status.MaxDays)
			}
			s, err := p.openLasting(c.Context(), f, online, "a status list", "give the key of the issuer's labels")
			if err != nil {
				return err
			}
			defer s.close()
			l, err := openLedger(args[0])
			if err != nil {
				return err
			}
			defer l.Close()
			if err := p.signsLabelsOf(l, s.key.Public()); err != nil {
				return err
			}
			if err := signedBefore(l, out, s.key.Public()); err != nil {
				return err
			}
			const day = 24 * time.Hour
			data, err := l.Sign(s.key, time.Duration(life)*day, time.Duration(ttl)*day, p.now)
			if err != nil {
				return ledgerError(err)
			}
			if err := writeFile(out, data, 0o644); err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.out, "%s  %d bytes; publish it at %s before %s\n", out, len(data), l.List, p.now.UTC().AddDate(0, 0, life).Format(time.DateOnly))
			return err
		},
	}
	f.addOnline(c, &online)
	c.Flags().BoolVar(&f.demo, "demo", false, "sign with the published demo key")
	c.Flags().StringVar(&out, "out", "status.cwt", "write the signed list to this `FILE`")
	c.Flags().IntVar(&life, "days", 7, "`DAYS` until the list expires")
	c.Flags().IntVar(&ttl, "keep", 0, "`DAYS` for which a copy may be kept (default: until it expires)")
	return c
}

// signedBefore refuses to replace a signed list by one that forgets what it tells: a
// revoked label would look valid again.
func signedBefore(l *ledger.Ledger, out string, key crypto.PublicKey) error {
	data, err := readLimited(out, status.MaxToken)
	if err != nil {
		return nil // there is none, or writing it will tell why not
	}
	token, err := status.Parse(data)
	if err != nil {
		return nil
	}
	before, err := token.Verify(key)
	if err != nil {
		return nil
	}
	if why := l.Forgets(before); why != "" {
		return badInput("sign with the ledger that this list was signed from: this one is an old copy of it, or a second one of the same list", "%s, signed on %s, says more: %s", out, before.Signed.Format(time.DateOnly), why)
	}
	return nil
}

// signsLabelsOf says so if none of the labels in a list is signed with this key. That
// may be right, after a key was replaced, but only a trust policy can know it.
func (p *program) signsLabelsOf(l *ledger.Ledger, key crypto.PublicKey) error {
	id, err := labels.KeyID(key)
	if err != nil {
		return err
	}
	if known := l.Keys(); len(known) > 0 && !slices.Contains(known, id) {
		fmt.Fprintf(p.err, "note: this key, %s, has signed none of the labels in %s (theirs: %s): the list counts only where a trust policy names both for one issuer, and else every label is \"freshness unknown\"\n",
			id, l.List, strings.Join(known[:min(len(known), 3)], ", "))
	}
	return nil
}

// cachedList is where a status list is kept, by its address.
func cachedList(folder, address string) string {
	digest := assay.SHA256(sha256Sum(address))
	return filepath.Join(folder, digest.Hex()[:32]+".status")
}
