/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elements that the standard has, 3.0 to 4.4. What is read looks for the elements that it knows;
 * another one may change what the model says, so that a document with one is refused rather than
 * scored. */
#include <stdlib.h>
#include <string.h>

#include "pmml-compile.h"

/* sorted, for the search */
static const char *const names[] = {
    "Aggregate",
    "AlternateKernel",
    "Annotation",
    "AnomalyDetectionModel",
    "AntecedentSequence",
    "AnyDistribution",
    "Application",
    "Apply",
    "Array",
    "AssociationModel",
    "AssociationRule",
    "Attribute",
    "BaseCumHazardTables",
    "Baseline",
    "BaselineCell",
    "BaselineStratum",
    "BayesInput",
    "BayesInputs",
    "BayesOutput",
    "BlockIndicator",
    "BoundaryValueMeans",
    "BoundaryValues",
    "CategoricalPredictor",
    "Categories",
    "Category",
    "Characteristic",
    "Characteristics",
    "ChildParent",
    "ClassLabels",
    "Cluster",
    "ClusteringField",
    "ClusteringModel",
    "ClusteringModelQuality",
    "Coefficient",
    "Coefficients",
    "ComparisonMeasure",
    "Comparisons",
    "ComplexPartialScore",
    "CompoundPredicate",
    "CompoundRule",
    "Con",
    "ConfusionMatrix",
    "ConsequentSequence",
    "Constant",
    "ContStats",
    "CorrelationFields",
    "CorrelationMethods",
    "CorrelationValues",
    "Correlations",
    "Counts",
    "Covariances",
    "CovariateList",
    "DataDictionary",
    "DataField",
    "Decision",
    "DecisionTree",
    "Decisions",
    "DefineFunction",
    "Delimiter",
    "DerivedField",
    "DiscrStats",
    "Discretize",
    "DiscretizeBin",
    "DocumentTermMatrix",
    "EventValues",
    "Extension",
    "FactorList",
    "False",
    "FieldColumnPair",
    "FieldRef",
    "FieldValue",
    "FieldValueCount",
    "GaussianDistribution",
    "GeneralRegressionModel",
    "Header",
    "INT-Entries",
    "INT-SparseArray",
    "Indices",
    "InlineTable",
    "InstanceField",
    "InstanceFields",
    "Interval",
    "Item",
    "ItemRef",
    "Itemset",
    "KNNInput",
    "KNNInputs",
    "KohonenMap",
    "Lag",
    "LiftData",
    "LiftGraph",
    "LinearKernelType",
    "LinearNorm",
    "LocalTransformations",
    "MapValues",
    "MatCell",
    "Matrix",
    "MeanClusterDistances",
    "MiningBuildTask",
    "MiningField",
    "MiningModel",
    "MiningSchema",
    "MissingValueWeights",
    "ModelExplanation",
    "ModelLiftGraph",
    "ModelStats",
    "ModelVerification",
    "MultivariateStat",
    "MultivariateStats",
    "NaiveBayesModel",
    "NearestNeighborModel",
    "NegativeBinomialDistribution",
    "NeuralInput",
    "NeuralInputs",
    "NeuralLayer",
    "NeuralNetwork",
    "NeuralOutput",
    "NeuralOutputs",
    "Neuron",
    "Node",
    "NormContinuous",
    "NormDiscrete",
    "NormalizedCountTable",
    "NumericInfo",
    "NumericPredictor",
    "OptimumLiftGraph",
    "Output",
    "OutputField",
    "PCell",
    "PCovCell",
    "PCovMatrix",
    "PPCell",
    "PPMatrix",
    "PairCounts",
    "ParamMatrix",
    "Parameter",
    "ParameterField",
    "ParameterList",
    "Partition",
    "PartitionFieldStats",
    "PoissonDistribution",
    "PolynomialKernelType",
    "PredictiveModelQuality",
    "Predictor",
    "PredictorTerm",
    "Quantile",
    "REAL-Entries",
    "REAL-SparseArray",
    "ROC",
    "ROCGraph",
    "RadialBasisKernelType",
    "RandomLiftGraph",
    "Regression",
    "RegressionModel",
    "RegressionTable",
    "ResultField",
    "RuleSelectionMethod",
    "RuleSet",
    "RuleSetModel",
    "ScoreDistribution",
    "Scorecard",
    "Segment",
    "Segmentation",
    "SigmoidKernelType",
    "SimplePredicate",
    "SimpleRule",
    "SimpleSetPredicate",
    "SupportVector",
    "SupportVectorMachine",
    "SupportVectorMachineModel",
    "SupportVectors",
    "TableLocator",
    "Target",
    "TargetValue",
    "TargetValueCount",
    "TargetValueCounts",
    "TargetValueStat",
    "TargetValueStats",
    "Targets",
    "Taxonomy",
    "TestDistributions",
    "TextIndex",
    "TextIndexNormalization",
    "Timestamp",
    "TrainingInstances",
    "TransformationDictionary",
    "TreeModel",
    "True",
    "UniformDistribution",
    "UnivariateStats",
    "Value",
    "VariableWeight",
    "VectorDictionary",
    "VectorFields",
    "VectorInstance",
    "VerificationField",
    "VerificationFields",
    "binarySimilarity",
    "chebychev",
    "cityBlock",
    "euclidean",
    "jaccard",
    "minkowski",
    "row",
    "simpleMatching",
    "squaredEuclidean",
    "tanimoto",
};

/* what they hold has any names, or changes no score */
static const char *const free_within[] =
    {"row", "Header", "MiningBuildTask", "ModelStats", "ModelExplanation", "Taxonomy", NULL};

static int
names_compare(gconstpointer key, gconstpointer one)
{
    return strcmp(key, *(const char *const *)one);
}

/* a vendor's: X-…, and all that is within */
gboolean
pmml_names_is_vendor(const PmmlElement *element)
{
    return g_ascii_tolower(element->name[0]) == 'x' && element->name[1] == '-';
}

static gboolean
names_have(const PmmlElement *element)
{
    return pmml_names_is_vendor(element) ||
           bsearch(element->name, names, G_N_ELEMENTS(names), sizeof *names, names_compare) != NULL;
}

/* of @root all that is within; FALSE with an error that names the first one that is unknown */
gboolean
pmml_names_check(const PmmlElement *root, GError **error)
{
    const PmmlElement *at = root->first;
    while (at != NULL) {
        if (!names_have(at))
            return pmml_unknown(error, at);
        if (at->first != NULL && !g_strv_contains(free_within, at->name) &&
            !pmml_names_is_vendor(at)) {
            at = at->first;
            continue;
        }
        while (at != root && at->next == NULL)
            at = at->parent;
        at = at == root ? NULL : at->next;
    }
    return TRUE;
}
