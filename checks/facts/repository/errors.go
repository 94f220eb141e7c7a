package repository

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/go-github/v60/github"
)

// Why something is not known. None of these ever means "no".
var (
	ErrHidden  = errors.New("GitHub does not show it: it does not exist, or the token has no right to see it")
	ErrRight   = errors.New("the token has no right to read it")
	ErrToken   = errors.New("GitHub does not accept the token")
	ErrLimited = errors.New("GitHub answers no more requests for now")
	ErrServer  = errors.New("GitHub could not answer")
	ErrReach   = errors.New("GitHub could not be reached")
	ErrAnswer  = errors.New("GitHub's answer is not understood")
)

// guard makes a call of the library: a panic in it, which a server's answer can
// cause, is an error, and every error says what it means.
func guard(call func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrAnswer, r)
		}
	}()
	return meaning(call())
}

// meaning maps the library's errors. Its own mapping knows neither status 429
// nor the many ways in which a missing right shows.
func meaning(err error) error {
	var (
		limit    *github.RateLimitError
		abuse    *github.AbuseRateLimitError
		response *github.ErrorResponse
		accepted *github.AcceptedError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limit):
		if limit.Rate.Reset.IsZero() || limit.Rate.Reset.Unix() == 0 {
			return ErrLimited
		}
		return fmt.Errorf("%w: ask again after %s", ErrLimited, limit.Rate.Reset.UTC().Format(time.RFC3339))
	case errors.As(err, &abuse):
		return ErrLimited
	case errors.As(err, &accepted):
		return fmt.Errorf("%w: it is still being made", ErrServer)
	case errors.As(err, &response):
		return byStatus(response.Response)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, ErrAnswer):
		return err
	case isNetwork(err):
		return fmt.Errorf("%w: %w", ErrReach, err)
	}
	return fmt.Errorf("%w: %w", ErrAnswer, err)
}

func byStatus(r *http.Response) error {
	switch code := r.StatusCode; {
	case code == http.StatusTooManyRequests, code == http.StatusForbidden && r.Header.Get("Retry-After") != "":
		return ErrLimited
	case code == http.StatusUnauthorized:
		return ErrToken
	case code == http.StatusForbidden:
		return ErrRight
	case code == http.StatusNotFound:
		return ErrHidden
	case code >= 500:
		return fmt.Errorf("%w: status %d", ErrServer, code)
	default:
		return fmt.Errorf("%w: status %d", ErrAnswer, code)
	}
}
