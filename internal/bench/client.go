package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"latchkey/views"
)

// client speaks to the program over kept connections. It follows no redirects and keeps no cookies, so that measuring
// costs little beside what is measured.
type client struct {
	base      string
	transport *http.Transport
	cookie    string // "" = not signed in
}

// answer is what came back.
type answer struct {
	status   int
	location string
	body     []byte
	header   http.Header
}

func newClient(address string, connections int) *client {
	return &client{base: "http://" + address, transport: &http.Transport{
		MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true,
		ResponseHeaderTimeout: 30 * time.Second,
	}}
}

func (c *client) close() { c.transport.CloseIdleConnections() }

func (c *client) get(ctx context.Context, path string) (answer, error) {
	return c.do(ctx, http.MethodGet, path, "")
}

func (c *client) post(ctx context.Context, path string, form url.Values) (answer, error) {
	return c.do(ctx, http.MethodPost, path, form.Encode())
}

func (c *client) do(ctx context.Context, method, path, form string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(form))
	if err != nil {
		return answer{}, err
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if c.cookie != "" {
		request.Header.Set("Cookie", c.cookie)
	}
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close() // which was read to its end
	return answer{response.StatusCode, response.Header.Get("Location"), body, response.Header}, err
}

func (a answer) want(status int) error {
	if a.status == status {
		return nil
	}
	return fmt.Errorf("the program answered %d, not %d: %.300s", a.status, status, a.body)
}

func signInForm(name string) string { return url.Values{"name": {name}, "password": {secret}}.Encode() }

// signIn sends a form of signInForm's, and takes nothing for success but the way to where an account begins.
func (c *client) signIn(ctx context.Context, form string) (answer, error) {
	answer, err := c.do(ctx, http.MethodPost, views.SignInURL, form)
	if err != nil {
		return answer, err
	}
	if answer.location == views.PasswordURL {
		return answer, errors.New("the program asks for another password")
	}
	return answer, answer.want(http.StatusSeeOther)
}

// asAdmin is a client that the SuperAdmin has signed in with.
func (p *process) asAdmin(ctx context.Context, connections int) (*client, error) {
	c := newClient(p.address, connections)
	answer, err := c.signIn(ctx, signInForm(adminName))
	if err != nil {
		return nil, err
	}
	c.cookie, _, _ = strings.Cut(answer.header.Get("Set-Cookie"), ";")
	return c, nil
}
