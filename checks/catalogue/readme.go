package catalogue

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

const readmeHead = `# Checks

<!-- Written by "go generate ./checks/..."; do not edit. -->

Each check asks one question and gives one verdict: pass, fail, inconclusive or not-applicable. Its page says why a buyer should
care, what is read, what the check cannot see, and how to fix what it finds; ` + "`assay explain ID`" + ` prints it.

**Reads**: F the firmware image, D the product file, W published web documents, R the source repository.
**Severity** is that of the gravest finding; info and low never make a check fail. **EN** names the provisions of
ETSI EN 303 645 V3.1.3 that the check bears on, not what it proves. Ids stand in signed results: none is renamed or used again.
`

// Readme writes the page that lists the checks and the facts, in Markdown.
func Readme() []byte {
	var b bytes.Buffer
	b.WriteString(readmeHead)
	all := Checks()
	for _, p := range assay.Principles() {
		fmt.Fprintf(&b, "\n## %s (`%s`)\n\n", p.Title(), p)
		b.WriteString("| id | what holds when it passes | reads | severity | EN | facts |\n|---|---|---|---|---|---|\n")
		for _, c := range all {
			if c.Principle == p {
				writeCheck(&b, c)
			}
		}
	}
	writeFacts(&b, all)
	return b.Bytes()
}

func writeCheck(b *bytes.Buffer, c *checks.Check) {
	_, name, _ := strings.Cut(string(c.ID), "/")
	page := string(c.Principle) + "/" + strings.ReplaceAll(name, "-", "_") + ".md"
	fmt.Fprintf(b, "| [%s](%s) | %s | %s | %s | %s | %s |\n",
		c.ID, page, cell(c.Title), c.Reads, c.Severity, strings.Join(c.Provision, ", "), factList(c.Needs))
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
