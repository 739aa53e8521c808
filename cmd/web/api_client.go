package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/handlers/api"
	"latchkey/handlers/page"
)

// apiClient calls the API: that of a server over the network, or that of this program on its own database.
type apiClient struct {
	base string // address, without the path of the API
	send func(*http.Request) (*http.Response, error)
}

// remoteFlags say which server a command talks to.
type remoteFlags struct{ server, keyFile string }

func (f *remoteFlags) add(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&f.server, "server", "", "address of a server to use over its API, in place of the local database")
	cmd.PersistentFlags().StringVar(&f.keyFile, "key-file", "", "file with an API key of that server")
}

// withAPI runs a command on the API of the local database, or of a server.
func (out *env) withAPI(cmd *cobra.Command, flags remoteFlags, do func(apiClient) error) error {
	if (flags.server == "") != (flags.keyFile == "") {
		return errors.New("--server and --key-file go together")
	}
	if flags.server != "" {
		client, err := connectAPI(cmd.Context(), flags)
		if err != nil {
			return err
		}
		return do(client)
	}
	cfg, _, err := out.settings(cmd)
	if err != nil {
		return err
	}
	if err := mustExist(cfg); err != nil {
		return err
	}
	return out.withApp(cmd, func(a *app) error {
		if err := a.activatePolicies(cmd.Context()); err != nil {
			return err
		}
		return do(a.apiOnHost())
	})
}

// apiOnHost returns a client of the program's own handlers, which acts as the command line.
func (a *app) apiOnHost() apiClient {
	actor := core.CommandLine
	if account, err := user.Current(); err == nil {
		actor.User = account.Username
	}
	return apiClient{base: strings.TrimSuffix(a.config.BaseURL.String(), "/"), send: func(r *http.Request) (*http.Response, error) {
		answer := &ownAnswer{header: http.Header{}, status: http.StatusOK}
		if r.Body == nil {
			r.Body = http.NoBody
		}
		r.RequestURI = r.URL.RequestURI()
		a.pages.ServeHTTP(answer, r.WithContext(page.OnHost(r.Context(), actor)))
		return &http.Response{StatusCode: answer.status, Header: answer.header, Body: io.NopCloser(&answer.body)}, nil
	}}
}

// ownAnswer is what the program's own handlers answer.
type ownAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *ownAnswer) Header() http.Header            { return a.header }
func (a *ownAnswer) WriteHeader(status int)         { a.status = status }
func (a *ownAnswer) Write(text []byte) (int, error) { return a.body.Write(text) }

const (
	apiTimeout   = time.Minute // of one request
	maxKeyFile   = 4 << 10     // bytes
	maxAPIAnswer = 64 << 20    // bytes
)

// connectAPI exchanges the key in a file for a token of a server.
func connectAPI(ctx context.Context, flags remoteFlags) (client apiClient, err error) {
	address, err := url.Parse(strings.TrimSuffix(flags.server, "/"))
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" {
		return client, fmt.Errorf("%s is not the address of a server, such as https://latchkey.example.com", flags.server)
	}
	if ip := net.ParseIP(address.Hostname()); address.Scheme == "http" && address.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return client, errors.New("over http, others could read the key; use https")
	}
	file, err := os.Open(flags.keyFile)
	if err != nil {
		return client, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxKeyFile))
	if err != nil {
		return client, err
	}
	secret := strings.TrimSpace(string(text))
	if !apikey.LooksLikeSecret(secret) {
		return client, fmt.Errorf("%s does not have an API key", flags.keyFile)
	}
	over := &http.Client{Timeout: apiTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	client = apiClient{base: address.String(), send: func(r *http.Request) (*http.Response, error) {
		r.Header.Set("Authorization", "Bearer "+secret)
		return over.Do(r)
	}}
	var token struct {
		Token string `json:"token"`
	}
	if err := client.call(ctx, http.MethodPost, "/token", nil, &token); err != nil {
		return client, err
	}
	secret = token.Token
	return client, nil
}

// call sends a request with a JSON body, and reads the answer. A refusal of the server is an error in its words.
func (c apiClient) call(ctx context.Context, method, path string, body, into any) error {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+api.Prefix+path, sent)
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.send(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAPIAnswer))
	if err != nil {
		return err
	}
	if answer.StatusCode == http.StatusNotFound {
		return errNoSuch
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return refusal(answer.StatusCode, text)
	}
	if into == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, into)
}

var errNoSuch = errors.New("there is no such account")

// refusal returns what a problem says.
func refusal(status int, text []byte) error {
	var said api.Problem
	if json.Unmarshal(text, &said) != nil || said.Detail == "" {
		return fmt.Errorf("the server answered %d %s", status, http.StatusText(status))
	}
	if len(said.Errors) == 0 {
		return errors.New(said.Detail)
	}
	lines := make([]string, len(said.Errors))
	for i, field := range said.Errors {
		lines[i] = strings.TrimPrefix(field.Pointer, "#/") + field.Parameter + ": " + field.Detail
	}
	return errors.New(strings.Join(lines, "\n"))
}
