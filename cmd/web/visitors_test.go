package main

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// visitors are any number of browsers without cookies or scripts that speak to one process, also at the same moment.
type visitors struct {
	base string
	http *http.Client
}

// answer is what a visitor got. Err says that there was no whole answer.
type answer struct {
	status int
	header http.Header
	body   string
	err    error
}

// longestAnswer is when a visitor calls it a hang: more than the program ever takes.
const longestAnswer = 2 * time.Minute

func (r *process) visitors(t *testing.T, count int) *visitors {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: count, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &visitors{"http://" + r.address, &http.Client{
		Transport: transport, Timeout: longestAnswer,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (v *visitors) get(ctx context.Context, path, cookie string) answer {
	return v.do(ctx, http.MethodGet, path, cookie, nil)
}

func (v *visitors) signIn(ctx context.Context, name, secret string) answer {
	return v.do(ctx, http.MethodPost, "/sign-in", "", url.Values{"name": {name}, "password": {secret}})
}

// insist signs in, and does so again as long as the program says that it is busy: nobody looked at the password then.
func (v *visitors) insist(ctx context.Context, name, secret string) answer {
	for {
		got := v.signIn(ctx, name, secret)
		if got.err != nil || got.status != http.StatusServiceUnavailable {
			return got
		}
	}
}

func (v *visitors) do(ctx context.Context, method, path, cookie string, form url.Values) answer {
	request, err := http.NewRequestWithContext(ctx, method, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{err: err}
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if cookie != "" {
		request.Header.Set("Cookie", "latchkey="+cookie)
	}
	response, err := v.http.Do(request)
	if err != nil {
		return answer{err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(body), err}
}

// together runs n goroutines that begin at the same time, and waits for them.
func together(n int, run func(i int)) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { <-start; run(i) })
	}
	close(start)
	all.Wait()
}

// tally counts answers by their status; 0 stands for none.
func tally(answers []answer) map[int]int {
	counts := map[int]int{}
	for _, a := range answers {
		if a.err != nil {
			a.status = 0
		}
		counts[a.status]++
	}
	return counts
}
