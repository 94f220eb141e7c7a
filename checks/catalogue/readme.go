package catalogue

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/schema/scheme"
)

const readmeHead = `# Checks

<!-- Written by "go generate ./checks/..."; do not edit. -->

Each check asks one question and gives one verdict: pass, fail, inconclusive or not-applicable. Its page says why a buyer should
care, what is read, what the check cannot see, and how to fix what it finds; ` + "`assay explain ID`" + ` prints it.

**Reads**: F the firmware image, D the product file, W published web documents, R the source repository.
**Severity** is that of the gravest finding; info and low never make a check fail. **EN** names the provisions of
ETSI EN 303 645 V3.1.3 that the check bears on, not what it proves. **Schemes** are those that ask for it; informative is what none
asks for. Ids stand in signed results: none is renamed or used again.

Each check has fixtures that are right, wrong, and irrelevant or not decidable, and a test that runs them: ` + "`go test ./checks/catalogue -run TestCoverage -v`" + `
prints the table.
`

// Readme writes the page that lists the checks and the facts, in Markdown.
func Readme() ([]byte, error) {
	asking, err := schemesOf()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(readmeHead)
	all := Checks()
	for _, p := range assay.Principles() {
		fmt.Fprintf(&b, "\n## %s (`%s`)\n\n", p.Title(), p)
		b.WriteString("| id | what holds when it passes | reads | severity | EN | schemes | facts |\n|---|---|---|---|---|---|---|\n")
		for _, c := range all {
			if c.Principle == p {
				writeCheck(&b, c, asking[c.ID])
			}
		}
	}
	writeFacts(&b, all)
	return b.Bytes(), nil
}

// schemesOf gives, for each check that a bundled scheme asks for, the ids of these
// schemes, sorted.
func schemesOf() (map[assay.CheckID][]string, error) {
	schemes, err := scheme.Bundled()
	if err != nil {
		return nil, err
	}
	asking := map[assay.CheckID][]string{}
	for _, s := range schemes.All() {
		for _, q := range s.Requirements {
			for _, id := range q.Checks() {
				if !slices.Contains(asking[id], s.ID) {
					asking[id] = append(asking[id], s.ID)
				}
			}
		}
	}
	for _, ids := range asking {
		slices.Sort(ids)
	}
	return asking, nil
}

// demanded names the schemes that ask for a check.
func demanded(asking []string) string {
	if len(asking) == 0 {
		return "informative"
	}
	return strings.Join(asking, ", ")
}

func writeCheck(b *bytes.Buffer, c *checks.Check, asking []string) {
	_, name, _ := strings.Cut(string(c.ID), "/")
	page := string(c.Principle) + "/" + strings.ReplaceAll(name, "-", "_") + ".md"
	fmt.Fprintf(b, "| [%s](%s) | %s | %s | %s | %s | %s | %s |\n",
		c.ID, page, cell(c.Title), c.Reads, c.Severity, strings.Join(c.Provision, ", "), demanded(asking), factList(c.Needs))
}

func factList(nodes []facts.Node) string {
	var ids []string
	for _, n := range nodes {
		ids = append(ids, n.ID())
	}
	return strings.Join(ids, ", ")
}

func writeFacts(b *bytes.Buffer, all []*checks.Check) {
	var nodes []facts.Node
	for _, c := range all {
		nodes = append(nodes, c.Needs...)
	}
	closure := facts.Closure(nodes...)
	if len(closure) == 0 {
		return
	}
	b.WriteString("\n## Facts\n\nA fact observes and judges nothing. Each is computed at most once for an image.\n\n| fact | what it holds |\n|---|---|\n")
	for _, n := range sortedNodes(closure) {
		fmt.Fprintf(b, "| %s | %s |\n", n.ID(), cell(n.About()))
	}
}

// cell makes a text fit for a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func sortedNodes(nodes []facts.Node) []facts.Node {
	return slices.SortedFunc(slices.Values(nodes), func(a, b facts.Node) int { return strings.Compare(a.ID(), b.ID()) })
}
