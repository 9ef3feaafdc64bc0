// Amounts as the API reads, rounds, adds and prints them.
// k8s 1.30 apimachinery/pkg/api/resource: quantity_test.go has the like
#include "sim/model/quantity.h"

#include <gtest/gtest.h>

#include <limits>

namespace sim::testing {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

Quantity q(std::string_view text) {
  const std::optional<Quantity> quantity = Quantity::parse(text);
  EXPECT_TRUE(quantity) << text;
  return quantity.value_or(Quantity());
}

TEST(Quantity, IsReadAndPrintedInItsFamily) {
  using Format = Quantity::Format;
  struct Row {
    std::string_view text;
    std::string_view canonical;
    std::int64_t value;
    std::int64_t milli;
    Format format;
  };
  const Row rows[] = {
      {"0", "0", 0, 0, Format::DecimalSI},
      {"0Ki", "0", 0, 0, Format::BinarySI},
      {"-0", "0", 0, 0, Format::DecimalSI},
      {"1", "1", 1, 1000, Format::DecimalSI},
      {"+5", "5", 5, 5000, Format::DecimalSI},
      {"007", "7", 7, 7000, Format::DecimalSI},
      {"250m", "250m", 1, 250, Format::DecimalSI},
      {"1000m", "1", 1, 1000, Format::DecimalSI},
      {"1500m", "1500m", 2, 1500, Format::DecimalSI},
      {"0.5", "500m", 1, 500, Format::DecimalSI},
      {".5", "500m", 1, 500, Format::DecimalSI},
      {"5.", "5", 5, 5000, Format::DecimalSI},
      {"1.25", "1250m", 2, 1250, Format::DecimalSI},
      {"100u", "100u", 1, 1, Format::DecimalSI},
      {"1n", "1n", 1, 1, Format::DecimalSI},
      {"0.1n", "1n", 1, 1, Format::DecimalSI},  // rounded up
      {"1k", "1k", 1000, 1000000, Format::DecimalSI},
      {"12k", "12k", 12000, 12000000, Format::DecimalSI},
      {"1000", "1k", 1000, 1000000, Format::DecimalSI},
      {"1234567", "1234567", 1234567, 1234567000, Format::DecimalSI},
      {"5M", "5M", 5000000, 5000000000, Format::DecimalSI},
      {"1G", "1G", 1000000000, 1000000000000, Format::DecimalSI},
      {"9E", "9E", 9000000000000000000, kMost, Format::DecimalSI},
      {"100E", "9223372036854775807", kMost, kMost, Format::DecimalSI},  // capped
      {"1e3", "1e3", 1000, 1000000, Format::DecimalExponent},
      {"1E3", "1e3", 1000, 1000000, Format::DecimalExponent},
      {"1e+3", "1e3", 1000, 1000000, Format::DecimalExponent},
      {"12e5", "1200e3", 1200000, 1200000000, Format::DecimalExponent},
      {"5e-3", "5e-3", 1, 5, Format::DecimalExponent},
      {"7e0", "7", 7, 7000, Format::DecimalExponent},
      {"1E", "1E", 1000000000000000000, kMost, Format::DecimalSI},
      {"1Ki", "1Ki", 1024, 1024000, Format::BinarySI},
      {"1024Ki", "1Mi", 1048576, 1048576000, Format::BinarySI},
      {"128Mi", "128Mi", 134217728, 134217728000, Format::BinarySI},
      {"1.5Gi", "1536Mi", 1610612736, 1610612736000, Format::BinarySI},
      {"0.5Ki", "512", 512, 512000, Format::BinarySI},
      {"1023Ki", "1023Ki", 1047552, 1047552000, Format::BinarySI},
      {"8Ei", "9223372036854775807", kMost, kMost, Format::BinarySI},
      {"-1", "-1", -1, -1000, Format::DecimalSI},
      {"-500m", "-500m", -1, -500, Format::DecimalSI},
      {"-1Ki", "-1Ki", -1024, -1024000, Format::BinarySI},
  };
  for (const Row& row : rows) {
    const Quantity quantity = q(row.text);
    EXPECT_EQ(quantity.text(), row.canonical) << row.text;
    EXPECT_EQ(quantity.value(), row.value) << row.text;
    EXPECT_EQ(quantity.milli_value(), row.milli) << row.text;
    EXPECT_EQ(quantity.format(), row.format) << row.text;
    EXPECT_EQ(quantity.is_negative(), row.value < 0) << row.text;
    EXPECT_EQ(quantity.is_zero(), row.value == 0) << row.text;
    EXPECT_EQ(q(quantity.text()).text(), row.canonical) << row.text;  // it stays what it is
  }
}

TEST(Quantity, RefusesWhatIsNone) {
  struct Row {
    std::string_view text;
    bool suffix;  // it is the suffix that is unknown
  };
  const Row rows[] = {
      {"", false},     {"abc", false},          {"1 ", false},  {" 1", false},
      {"1x", false},   {"1.2.3", false},        {"--1", true},  {"1,5", false},
      {"0x10", false}, {"1e3m", false},         {"1Kb", false}, {"one", false},
      {"1K", true},    {"1mi", true},           {"1MM", true},  {"1e", true},
      {"1Eii", true},  {"1e99999999999", true}, {"5i", true},
  };
  for (const Row& row : rows) {
    EXPECT_FALSE(Quantity::parse(row.text)) << row.text;
    EXPECT_EQ(quantity_error(row.text),
              row.suffix ? "unable to parse quantity's suffix" : kQuantityError)
        << row.text;
  }
}

TEST(Quantity, HasNoAmountThatHurts) {
  for (const std::string_view text :
       {"1e2147483647", "1e-2147483647", "99999999999999999999999999999999999999999", "-8Ei",
        "0.00000000000000000000000000000000001", "1.99999999999999999999999999999999Ei"}) {
    const Quantity quantity = q(text);
    EXPECT_FALSE(quantity.text().empty());
    EXPECT_EQ((quantity + quantity).compare(quantity + quantity), 0);
    EXPECT_LE(quantity.milli_value(), kMost);
  }
}

TEST(Quantity, AddsAndCompares) {
  struct Row {
    std::string_view a;
    std::string_view b;
    std::string_view sum;
    std::string_view difference;
    int compare;
  };
  const Row rows[] = {
      {"1", "500m", "1500m", "500m", 1},
      {"100m", "900m", "1", "-800m", -1},
      {"1Gi", "1Gi", "2Gi", "0", 0},
      {"1Gi", "1M", "1074741824", "1072741824", 1},  // in the family of the first
      {"0", "1Ki", "1Ki", "-1Ki", -1},               // nothing has no family
      {"1000m", "1", "2", "0", 0},
      {"1e3", "1k", "2e3", "0", 0},
      {"1n", "1", "1000000001n", "-999999999n", -1},
      {"-1", "1", "0", "-2", -1},
  };
  for (const Row& row : rows) {
    EXPECT_EQ((q(row.a) + q(row.b)).text(), row.sum) << row.a << " + " << row.b;
    EXPECT_EQ((q(row.a) - q(row.b)).text(), row.difference) << row.a << " - " << row.b;
    EXPECT_EQ(q(row.a).compare(q(row.b)), row.compare) << row.a << " ? " << row.b;
    EXPECT_EQ(q(row.b).compare(q(row.a)), -row.compare);
    EXPECT_EQ(q(row.a) == q(row.b), row.compare == 0);
    EXPECT_EQ(q(row.a) < q(row.b), row.compare < 0);
  }
  const Quantity most = Quantity::of(kMost);
  EXPECT_EQ((most + most).value(), kMost);
  EXPECT_EQ((Quantity::of(-kMost) - most).value(), -kMost);
}

TEST(Quantity, IsMadeOfNumbers) {
  EXPECT_EQ(Quantity::of(3).text(), "3");
  EXPECT_EQ(Quantity::of(2048, Quantity::Format::BinarySI).text(), "2Ki");
  EXPECT_EQ(Quantity::of_milli(1500).text(), "1500m");
  EXPECT_EQ(Quantity::of_milli(-1500).text(), "-1500m");
  EXPECT_EQ(Quantity::of(std::numeric_limits<std::int64_t>::min()).value(), -kMost);
}

TEST(ResourceList, IsSortedByName) {
  ResourceList list;
  EXPECT_TRUE(list.empty());
  list.set("memory", q("1Gi"));
  list.set("cpu", q("1"));
  list.set("pods", q("110"));
  list.set("cpu", q("2"));
  EXPECT_EQ(list.size(), 3u);
  std::string names;
  for (const auto& [name, amount] : list) names += name.str() + "=" + amount.text() + " ";
  EXPECT_EQ(names, "cpu=2 memory=1Gi pods=110 ");
  EXPECT_EQ(list.get("cpu").text(), "2");
  EXPECT_TRUE(list.get("gpu").is_zero());
  EXPECT_EQ(list.find("gpu"), nullptr);
  EXPECT_TRUE(list.erase("memory"));
  EXPECT_FALSE(list.erase("memory"));
  EXPECT_EQ(list.size(), 2u);
}

}  // namespace
}  // namespace sim::testing
