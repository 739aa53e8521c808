package main

import (
	"bufio"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/models"
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
	took   time.Duration
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
	return v.ask(ctx, address("/sign-in", "name", name, "password", secret), "")
}

// insist signs in, and repeats it while the program answers that it is busy.
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
	start := time.Now()
	response, err := v.http.Do(request)
	if err != nil {
		return answer{err: err}
	}
	got := wholly(response)
	got.took = time.Since(start)
	return got
}

func wholly(response *http.Response) answer {
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{status: response.StatusCode, header: response.Header, body: string(body), err: err}
}

// readAnswer reads what comes on a connection that is in the test's own hands.
func readAnswer(from *bufio.Reader) answer {
	response, err := http.ReadResponse(from, nil)
	if err != nil {
		return answer{err: err}
	}
	return wholly(response)
}

// address writes a form that is to be posted as one line; see ask.
func address(path string, pairs ...string) string {
	return "POST " + path + " " + testapp.Form(pairs...).Encode()
}

func signInForm(name string) string {
	return address("/sign-in", "name", name, "password", testapp.Secret)
}

// createForm returns the form that makes an account of the name; asked for again it is the same form.
func createForm(name string) string {
	submission := fmt.Sprintf("01900000-0000-7000-8000-%012x", crc32.ChecksumIEEE([]byte(name)))
	return address("/accounts", "kind", "customer", "name", name, "email", name+"@example.com", "organization", models.DefaultOrganizationID,
		"password_mode", "typed", "password", testapp.Secret, "submission", submission)
}

// ask gets an address, or posts a form that address has written.
func (v *visitors) ask(ctx context.Context, line, cookie string) answer {
	rest, isForm := strings.CutPrefix(line, "POST ")
	if !isForm {
		return v.get(ctx, line, cookie)
	}
	path, encoded, _ := strings.Cut(rest, " ")
	form, err := url.ParseQuery(encoded)
	if err != nil {
		return answer{err: err}
	}
	return v.do(ctx, http.MethodPost, path, cookie, form)
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
