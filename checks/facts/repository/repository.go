// Package repository observes a source repository on GitHub and judges nothing.
//
// It asks few questions, each with an answer of its own, because a reader often
// has the right to know one thing and not another: what GitHub does not show is
// unknown, never "no". Nothing is asked unless the user allows the network.
//
//	client, err := repository.NewClient(repository.Options{Token: token})
//	seen, err := repository.Observe(ctx, client, "acme", "aurora-cam")
//	repository.Fact.Supply(observation, seen, err)
package repository

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// Fact is what GitHub said about the declared repository.
var Fact = &facts.Given[Repository]{
	Name:    "repository",
	Doc:     "What GitHub says about the declared source repository: security policy, private reports, advisories.",
	Without: "the repository was not asked: it takes --online",
}

// Repository is what was observed.
type Repository struct {
	Name       string `json:"name"` // "github.com/owner/name"
	Private    bool   `json:"private"`
	Archived   bool   `json:"archived"`
	Policy     Answer `json:"policy"`     // a security policy lies in the repository or in its owner's .github
	Reports    Answer `json:"reports"`    // vulnerabilities can be reported in private on GitHub
	Advisories Answer `json:"advisories"` // advisories were published
	Published  int    `json:"published"`  // how many advisories were counted
}

// State says what is known of a question. The zero State knows nothing.
type State string

// The states other than unknown.
const (
	Yes State = "yes"
	No  State = "no"
)

// Answer is a State with the place where it was seen, or why it is not known.
type Answer struct {
	State    State          `json:"state,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Location assay.Location `json:"location"`
}

// unknown is the answer to a question that GitHub does not answer.
func unknown(err error, at string) Answer {
	return Answer{Reason: err.Error(), Location: assay.Location{Path: at}}
}

func known(yes bool, at string) Answer {
	s := No
	if yes {
		s = Yes
	}
	return Answer{State: s, Location: assay.Location{Path: at}}
}

var (
	goodOwner = lazyregexp.New(`^[A-Za-z0-9](?:[A-Za-z0-9-]{0,98})$`)
	goodName  = lazyregexp.New(`^[A-Za-z0-9._-]{1,100}$`)
)

// Parse reads the form of a product file, "github.com/owner/name", with or
// without https:// before and .git behind.
func Parse(s string) (owner, name string, err error) {
	rest := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(s, "https://"), "/"), ".git")
	parts := strings.Split(rest, "/")
	if len(parts) != 3 || !strings.EqualFold(parts[0], "github.com") || !valid(parts[1], parts[2]) {
		return "", "", fmt.Errorf("repository %q is not of the form github.com/owner/name", s)
	}
	return parts[1], parts[2], nil
}

func valid(owner, name string) bool {
	return goodOwner.MatchString(owner) && goodName.MatchString(name) && strings.Trim(name, ".") != ""
}

// Observe asks GitHub about a repository. The error says why nothing at all is
// known; a single question that GitHub does not answer is unknown in its Answer.
func Observe(ctx context.Context, c *Client, owner, name string) (Repository, error) {
	r := Repository{Name: "github.com/" + owner + "/" + name}
	if !valid(owner, name) {
		return r, fmt.Errorf("repository %s: not a name that GitHub allows", r.Name)
	}
	var seen *github.Repository
	err := guard(func() (err error) {
		seen, _, err = c.api.Repositories.Get(ctx, owner, name)
		return err
	})
	if err != nil {
		return r, fmt.Errorf("repository %s: %w", r.Name, err)
	}
	r.Private, r.Archived = seen.GetPrivate(), seen.GetArchived()
	home := "https://" + r.Name
	r.Policy = c.policy(ctx, owner, name, home)
	r.Reports = c.reports(ctx, owner, name, home)
	r.Advisories, r.Published = c.advisories(ctx, owner, name, home)
	return r, nil
}

// policyFolders are where GitHub looks for a security policy.
var policyFolders = []string{".github", "", "docs"}

// policy looks for SECURITY.md in the repository, then in the owner's .github
// repository, which stands in for all that have none.
func (c *Client) policy(ctx context.Context, owner, name, home string) Answer {
	for _, repo := range []string{name, ".github"} {
		at, err := c.findPolicy(ctx, owner, repo)
		switch {
		case at != "":
			return known(true, at)
		case err != nil && repo == name:
			return unknown(err, home+"/security/policy")
		}
	}
	return known(false, home+"/security/policy")
}

// findPolicy gives the address of the policy; empty if there is none. It reads
// listings, because a missing file and a missing right look the same, but a
// listing that can be read shows what is there.
func (c *Client) findPolicy(ctx context.Context, owner, repo string) (string, error) {
	root, err := c.list(ctx, owner, repo, "")
	if err != nil {
		return "", err
	}
	for _, folder := range policyFolders {
		entries := root
		if folder != "" {
			if !has(root, folder, "dir") {
				continue
			}
			if entries, err = c.list(ctx, owner, repo, folder); err != nil {
				return "", err
			}
		}
		for _, e := range entries {
			if e.GetType() == "file" && e.GetSize() > 0 && isPolicy(e.GetName()) {
				return "https://" + path.Join("github.com", owner, repo, "blob/HEAD", folder, e.GetName()), nil
			}
		}
	}
	if len(root) >= maxListing {
		return "", fmt.Errorf("the repository has more files in its root than GitHub lists")
	}
	return "", nil
}

// maxListing is the number of entries of a folder that GitHub lists at most.
const maxListing = 1000

func isPolicy(name string) bool {
	base, ext, _ := strings.Cut(strings.ToLower(name), ".")
	return base == "security" && (ext == "" || ext == "md" || ext == "rst" || ext == "adoc" || ext == "txt")
}

func has(entries []*github.RepositoryContent, name, kind string) bool {
	for _, e := range entries {
		if e.GetName() == name && e.GetType() == kind {
			return true
		}
	}
	return false
}

func (c *Client) list(ctx context.Context, owner, repo, folder string) (entries []*github.RepositoryContent, err error) {
	err = guard(func() error {
		_, entries, _, err = c.api.Repositories.GetContents(ctx, owner, repo, folder, nil)
		return err
	})
	return entries, err
}

// reports asks whether vulnerabilities can be reported in private. The call is
// not in version 60 of the library.
func (c *Client) reports(ctx context.Context, owner, name, home string) Answer {
	var answer struct {
		Enabled *bool `json:"enabled"`
	}
	at := home + "/security/advisories/new"
	_, err := c.get(ctx, "repos/"+owner+"/"+name+"/private-vulnerability-reporting", &answer)
	switch {
	case err != nil:
		return unknown(err, at)
	case answer.Enabled == nil:
		return unknown(fmt.Errorf("GitHub's answer does not say"), at)
	}
	return known(*answer.Enabled, at)
}

// Pages of lists that are read at most, of 100 entries each.
const maxPages = 20

// advisories counts the published advisories.
func (c *Client) advisories(ctx context.Context, owner, name, home string) (Answer, int) {
	at := home + "/security/advisories"
	n, after := 0, ""
	for range maxPages {
		var page []struct {
			ID string `json:"ghsa_id"`
		}
		resp, err := c.get(ctx, "repos/"+owner+"/"+name+"/security-advisories?state=published&per_page=100"+after, &page)
		if err != nil {
			return unknown(err, at), 0
		}
		n += len(page)
		if resp.After == "" {
			break
		}
		after = "&after=" + resp.After
	}
	return known(n > 0, at), n
}

// get asks one address and decodes the answer leniently.
func (c *Client) get(ctx context.Context, address string, into any) (*github.Response, error) {
	var resp *github.Response
	err := guard(func() error {
		req, err := c.api.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		resp, err = c.api.Do(ctx, req, into)
		return err
	})
	return resp, err
}
