package testbrowser_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

const victimEnv = "TESTKIT_TEST_VICTIM"

// TestVictim is the process that TestNothingOutlivesUs kills.
func TestVictim(t *testing.T) {
	if os.Getenv(victimEnv) == "" {
		return // not a skip: nothing is missing
	}
	testdb.EmptyPostgres(t)
	testbrowser.Browser(t)
	fmt.Printf("ready\n")
	bufio.NewReader(os.Stdin).ReadByte() // until killed
}

// TestNothingOutlivesUs kills a test process as the kernel would and looks for
// what it had started.
func TestNothingOutlivesUs(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("only Linux ends children with their parent")
	}
	if os.Getenv(testdb.PostgresEnv) != "" {
		t.Skip("the server is not ours")
	}
	victim := startVictim(t)
	mark := fmt.Sprintf("-%d", victim.Process.Pid)
	if n := len(processesWith(mark)); n < 2 {
		t.Fatalf("the victim has started %d processes, want a server and a browser", n)
	}
	victim.Process.Kill()
	victim.Wait()
	defer removeLeftovers(mark)
	deadline := time.After(20 * time.Second)
	for left := processesWith(mark); len(left) > 0; left = processesWith(mark) {
		select {
		case <-deadline:
			t.Fatalf("still there: %s", left)
		default: // looking takes a while by itself
		}
	}
}

// removeLeftovers does what the next test process would do.
func removeLeftovers(mark string) {
	for _, parent := range []string{"/dev/shm", os.TempDir()} {
		leftovers, _ := filepath.Glob(filepath.Join(parent, "latchkey-testkit-*"+mark))
		for _, dir := range leftovers {
			os.RemoveAll(dir)
		}
	}
}

// leftOut is what the victim says where the machine lacks something, see [testkit.Missing].
var leftOut = regexp.MustCompile(`left out, (\w+) is missing: (.*)`)

func startVictim(t *testing.T) *exec.Cmd {
	t.Helper()
	victim := exec.Command(os.Args[0], "-test.run=^TestVictim$", "-test.v")
	victim.Env = append(os.Environ(), victimEnv+"=1")
	victim.Stderr = os.Stderr
	if _, err := victim.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { victim.Process.Kill() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.TrimSpace(lines.Text()) == "ready" {
			return victim
		}
		if lack := leftOut.FindStringSubmatch(lines.Text()); lack != nil {
			testkit.Missing(t, lack[1], lack[2])
		}
	}
	t.Fatal("the victim did not start")
	return nil
}

// processesWith returns the command lines that hold a scratch directory of the
// process with that mark.
func processesWith(mark string) []string {
	var found []string
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		line, _ := os.ReadFile(file)
		text := strings.ReplaceAll(string(line), "\x00", " ") + " "
		for _, kind := range []string{"postgres", "chromium"} {
			dir := "latchkey-testkit-" + kind + mark
			if strings.Contains(text, dir+" ") || strings.Contains(text, dir+"/") {
				found = append(found, text)
			}
		}
	}
	return found
}
