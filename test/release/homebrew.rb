# What our formula asks of Homebrew, for a machine that has none: `ruby homebrew.rb FORMULA SYSTEM PROCESSOR ARCHIVES PREFIX`.
# It chooses an archive as Homebrew does, checks its hash, unpacks it, and runs `install` and `test`; prints what was told.
require "digest"
require "fileutils"
require "json"
require "pathname"
require "tmpdir"

formula, SYSTEM, PROCESSOR, archives, prefix = ARGV
PREFIX = Pathname(prefix)

class Pathname
  # A file, or a file and the name that it gets, is moved into this folder.
  def install(what)
    mkpath
    (what.is_a?(Hash) ? what : { what => File.basename(what) }).each { |from, to| FileUtils.mv(from, self / to) }
  end
end

class Formula
  FACTS = {}
  PLACES = {
    bin: "bin", man1: "share/man/man1", doc: "share/doc/mfa-cli", pkgshare: "share/mfa-cli", bash_completion: "etc/bash_completion.d",
    zsh_completion: "share/zsh/site-functions", fish_completion: "share/fish/vendor_completions.d"
  }

  class << self
    %i[desc homepage version license url sha256].each do |name|
      define_method(name) { |value| FACTS[name] = value }
    end
    %w[macos linux].each { |name| define_method("on_#{name}") { |&block| block.call if SYSTEM == name } }
    %w[arm intel].each { |name| define_method("on_#{name}") { |&block| block.call if PROCESSOR == name } }

    def depends_on(what) = FACTS[:depends_on] = what

    def test(&block)
      define_method(:run_test, &block)
    end
  end

  PLACES.each { |name, path| define_method(name) { PREFIX / path } }

  def version = FACTS[:version]

  def shell_output(line)
    output = `#{line}`
    raise "#{line}: #{$?}" unless $?.success?
    output
  end

  def assert_equal(expected, found)
    raise "#{found.inspect} is not #{expected.inspect}" unless expected == found
  end
end

load formula
archive = File.join(archives, File.basename(Formula::FACTS[:url]))
raise "#{archive} has another hash" unless Digest::SHA256.file(archive).hexdigest == Formula::FACTS[:sha256]

Dir.mktmpdir do |scratch|
  system("tar", "-xf", archive, "-C", scratch, exception: true)
  # Homebrew goes into the only folder of an archive.
  Dir.chdir(Dir.children(scratch).map { |name| File.join(scratch, name) }.fetch(0)) { MfaCli.new.install }
end
MfaCli.new.run_test if SYSTEM == "linux" && PROCESSOR == "intel"
puts JSON.generate(Formula::FACTS)
