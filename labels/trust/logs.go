package trust

import (
	"crypto/ed25519"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay/labels/log"
)

// logs reads the transparency logs of labels.
func (r *reader) logs(raw *fileBlock, p *Policy) {
	if len(raw.Logs) > MaxLogs {
		r.no(raw.Logs[0].Range, "Take old ones away.", "more than %d logs", MaxLogs)
		return
	}
	for _, b := range raw.Logs {
		l := Log{Origin: b.Origin, Key: strings.TrimSuffix(b.Key, "\n")}
		switch name := log.Name(l.Key); {
		case name == "":
			r.no(b.KeyRange, `Name the log's key: key = file("log.pub"), the file that "assay issuer log new" has made.`, "this is no verifier key of a log")
		case name != l.Origin:
			r.no(b.Range, "Write the log's own name.", "the log is called %q, and its key is that of %q", l.Origin, name)
		case hasLog(p.Logs, l):
			r.no(b.Range, "Take one away.", "the log %q stands there twice, or another one has its key", l.Origin)
		}
		if i := p.signsToo(l); i != "" {
			r.no(b.KeyRange, "Give the log a key of its own.", "the key of the log %q is also one of %q: who issues labels and who logs them would be one", l.Origin, i)
		}
		p.Logs = append(p.Logs, l)
	}
}

// signsToo names the issuer or assessor that signs with the key of a log; empty if
// none does.
func (p *Policy) signsToo(l Log) string {
	for _, i := range slices.Concat(p.Issuers, p.Assessors) {
		for _, k := range i.Keys {
			public, _ := x509.ParsePKIXPublicKey(k.Public) // a key that is none is told elsewhere
			if ed, ok := public.(ed25519.PublicKey); ok && log.VerifierKey(ed, l.Origin) == l.Key {
				return i.ID
			}
		}
	}
	return ""
}

// hasLog reports whether a list has a log of the same name, or with the same key: two
// logs are to be two parties.
func hasLog(list []Log, l Log) bool {
	return slices.ContainsFunc(list, func(o Log) bool { return o.Origin == l.Origin || bare(o.Key) == bare(l.Key) })
}

// bare is the key of a log without name and hash.
func bare(key string) string { return key[strings.LastIndex(key, "+")+1:] }

// logsReady checks the logs of a policy in JSON.
func (p *Policy) logsReady() error {
	if len(p.Logs) > MaxLogs {
		return fmt.Errorf("more than %d logs", MaxLogs)
	}
	for i, l := range p.Logs {
		if log.Name(l.Key) != l.Origin || l.Origin == "" || hasLog(p.Logs[:i], l) {
			return fmt.Errorf("log %q: not its key, or there twice", l.Origin)
		}
		if issuer := p.signsToo(l); issuer != "" {
			return fmt.Errorf("log %q: its key is also one of %q", l.Origin, issuer)
		}
	}
	return nil
}
